/** Beside the conversation: rooms, people, and oneself. */
import type { JSX } from "preact";
import type { ChatClient } from "./chat-client.ts";
import { Me } from "./me.tsx";
import { NewRoom } from "./new-room.tsx";
import { PeopleList } from "./people-list.tsx";
import { RoomList } from "./room-list.tsx";

interface SidebarProps {
  client: ChatClient;
  /** Called when a room was chosen: on a narrow screen the list makes way for it. */
  onChosen: () => void;
}

export function Sidebar({ client, onChosen }: SidebarProps): JSX.Element {
  const choose = (room: string): void => {
    client.open(room);
    onChosen();
  };
  const write = (person: string): void => {
    client.write(person);
    onChosen();
  };
  return (
    <aside class="sidebar" id="sidebar" aria-label="Rooms and people">
      <nav aria-label="Rooms">
        <RoomList client={client} onChoose={choose} />
        <NewRoom client={client} onCreated={onChosen} />
        <p class="problem" role="alert">
          {client.notice}
        </p>
      </nav>
      <PeopleList client={client} onWrite={write} />
      <Me client={client} />
    </aside>
  );
}
