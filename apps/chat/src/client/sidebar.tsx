/** The rooms to choose from, and the people of the room that is shown. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Avatar } from "./avatar.tsx";
import type { ChatClient } from "./chat-client.ts";

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
  return (
    <aside class="sidebar" id="sidebar">
      <nav aria-labelledby="rooms-heading">
        <h2 id="rooms-heading">Rooms</h2>
        <ul class="rooms">
          {roomNames(client).map((room) => (
            <RoomRow key={room} client={client} room={room} onChoose={() => choose(room)} />
          ))}
        </ul>
        <NewRoom onCreate={choose} />
        <p class="problem" role="alert">
          {client.notice}
        </p>
      </nav>
      <People client={client} />
      <p class="me">
        You are <strong>{client.name}</strong>.{" "}
        <a href="/plain.html" target="_blank">
          The plainest page
        </a>{" "}
        chats here too.
      </p>
    </aside>
  );
}

/** Those that are open here stay, also while the server does not list them. */
function roomNames({ directory, rooms }: ChatClient): string[] {
  return [...new Set([...directory.map(({ name }) => name), ...rooms.keys()])];
}

function RoomRow({
  client,
  room,
  onChoose,
}: {
  client: ChatClient;
  room: string;
  onChoose: () => void;
}): JSX.Element {
  const open = client.rooms.get(room);
  const people = client.directory.find(({ name }) => name === room)?.people ?? 0;
  const isCurrent = room === client.current;
  return (
    <li data-room={room}>
      <button
        class="room"
        aria-current={isCurrent ? "true" : undefined}
        data-open={open !== undefined}
        onClick={onChoose}
      >
        <span class="room-name">{room}</span>
        {open && open.unread > 0 && (
          <span class="badge">
            {open.unread}
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
        <button class="leave" aria-label={`Leave ${room}`} title="Leave" onClick={() => client.leave(room)}>
          ×
        </button>
      )}
    </li>
  );
}

function NewRoom({ onCreate }: { onCreate: (room: string) => void }): JSX.Element {
  const [name, setName] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    const room = name.trim();
    if (room === "") return;
    onCreate(room);
    setName("");
  };
  return (
    <form class="new-room" onSubmit={submit}>
      <input
        aria-label="Name of a new room"
        placeholder="New room"
        maxLength={32}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button aria-label="Create the room" disabled={name.trim() === ""}>
        +
      </button>
    </form>
  );
}

function People({ client }: { client: ChatClient }): JSX.Element {
  const room = client.rooms.get(client.current);
  const here = room?.people ?? [];
  const authors = new Set(room?.log.entries.map(({ from }) => from));
  const away = [...authors].filter((name) => !here.includes(name));
  return (
    <section class="people" aria-labelledby="people-heading">
      <h2 id="people-heading">People</h2>
      <ul>
        {here.map((name) => (
          <li key={name} data-person={name} data-online="true">
            <Avatar name={name} isOnline={true} />
            {name}
            <span class="visually-hidden"> is online</span>
            {name === client.name && <span class="you">you</span>}
          </li>
        ))}
        {away.map((name) => (
          <li key={name} data-person={name} data-online="false">
            <Avatar name={name} isOnline={false} />
            {name}
            <span class="visually-hidden"> is away</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
