/** The rooms to choose from, and the conversations with one other person. */
import type { JSX } from "preact";
import { directPair } from "../direct-room.ts";
import type { ChatClient } from "./chat-client.ts";

interface RoomListProps {
  client: ChatClient;
  onChoose: (room: string) => void;
}

export function RoomList({ client, onChoose }: RoomListProps): JSX.Element {
  const { directory, rooms } = client;
  // Those that are open here stay, also while the server does not list them.
  const names = [...new Set([...directory.map(({ name }) => name), ...rooms.keys()])];
  const direct = names.filter((name) => directPair(name));
  const rows = (list: string[]): JSX.Element[] =>
    list.map((room) => <RoomRow key={room} client={client} room={room} onChoose={() => onChoose(room)} />);
  return (
    <>
      <h2>Rooms</h2>
      <ul class="rooms">{rows(names.filter((name) => !directPair(name)))}</ul>
      {direct.length > 0 && (
        <>
          <h2>Direct messages</h2>
          <ul class="rooms">{rows(direct)}</ul>
        </>
      )}
    </>
  );
}

interface RoomRowProps {
  client: ChatClient;
  room: string;
  onChoose: () => void;
}

function RoomRow({ client, room, onChoose }: RoomRowProps): JSX.Element {
  const open = client.rooms.get(room);
  const title = client.titleOf(room);
  const people = client.directory.find(({ name }) => name === room)?.people ?? 0;
  return (
    <li data-room={title}>
      <button
        class="room"
        aria-current={room === client.current ? "true" : undefined}
        data-open={open !== undefined}
        onClick={onChoose}
      >
        <span class="room-mark" aria-hidden="true">
          {directPair(room) ? "@" : open?.invite === undefined ? "#" : "◆"}
        </span>
        <span class="room-name">{title}</span>
        {open?.invite !== undefined && <span class="visually-hidden"> private</span>}
        {open && open.unread > 0 && (
          <span class="badge">
            {open.unread > 99 ? "99+" : open.unread}
            <span class="visually-hidden"> unread</span>
          </span>
        )}
        {people > 0 && (
          <span class="count" title={`${people} here`}>
            {people}
            <span class="visually-hidden"> here</span>
          </span>
        )}
      </button>
      {open && client.rooms.size > 1 && (
        <button class="leave" aria-label={`Leave ${title}`} title="Leave" onClick={() => client.leave(room)}>
          ×
        </button>
      )}
    </li>
  );
}
