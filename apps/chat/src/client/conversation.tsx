/** One room: its messages, who is typing, and the field to write in. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { directPair } from "../direct-room.ts";
import { linkTo } from "./address.ts";
import type { ChatClient } from "./chat-client.ts";
import { Composer } from "./composer.tsx";
import { LogView } from "./log-view.tsx";
import type { Room } from "./room.ts";
import type { Entry } from "./room-log.ts";
import { SearchPanel } from "./search-panel.tsx";

interface ConversationProps {
  client: ChatClient;
  isAsideOpen: boolean;
  onAside: () => void;
}

export function Conversation({ client, isAsideOpen, onAside }: ConversationProps): JSX.Element {
  const [isSearching, setSearching] = useState(false);
  const [answered, setAnswered] = useState<Entry>();
  const room = client.rooms.get(client.current);
  return (
    <main class="conversation" id="main">
      <header class="room-head">
        <button class="aside-button" aria-expanded={isAsideOpen} aria-controls="sidebar" onClick={onAside}>
          Rooms
        </button>
        <div class="room-title">
          <h1>{client.titleOf(client.current) || "No room"}</h1>
          <p>{room && aboutRoom(client, room)}</p>
        </div>
        {room && !directPair(room.name) && <CopyLink client={client} room={room} />}
        <button class="quiet" aria-expanded={isSearching} onClick={() => setSearching(!isSearching)}>
          Search
        </button>
      </header>
      {isSearching && <SearchPanel client={client} onDone={() => setSearching(false)} />}
      <LogView client={client} room={room} onAnswer={setAnswered} />
      <p class="typing" aria-live="polite">
        {typingInWords(room?.typing.names.map((person) => client.nameOf(person)) ?? [])}
      </p>
      <Composer client={client} answered={answered} onAnswered={() => setAnswered(undefined)} />
    </main>
  );
}

function CopyLink({ client, room }: { client: ChatClient; room: Room }): JSX.Element {
  const copy = async (): Promise<void> => {
    const { name, invite } = room;
    const link = linkTo({ room: name, ...(invite !== undefined && { invite }) });
    try {
      await navigator.clipboard.writeText(link);
      client.toasts.add(
        invite === undefined
          ? "The link is copied."
          : "The invitation is copied: whoever has it may come in.",
      );
    } catch {
      client.toasts.add(link); // there is no clipboard on pages of insecure origins
    }
  };
  return (
    <button class="quiet" onClick={() => void copy()}>
      Share
    </button>
  );
}

function aboutRoom(client: ChatClient, { name, people, invite }: Room): string {
  const pair = directPair(name);
  if (pair) {
    const other = client.people.get(pair.find((id) => id !== client.me?.id) ?? "");
    return other ? `Just the two of you, ${other.presence}` : "Just the two of you";
  }
  const count = people.length <= 1 ? "Just you" : `${people.length} people`;
  return invite === undefined ? count : `By invitation, ${count.toLowerCase()}`;
}

function typingInWords(names: readonly string[]): string {
  if (names.length === 0) return "";
  if (names.length > 2) return "Several people are typing…";
  return `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing…`;
}
