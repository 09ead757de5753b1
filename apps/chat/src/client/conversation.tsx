/** One room: its messages, who is typing, and the field to write in. */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ChatClient, OpenRoom } from "./chat-client.ts";
import { Composer } from "./composer.tsx";
import { MessageRow } from "./message-row.tsx";
import type { Entry } from "./room-log.ts";

interface ConversationProps {
  client: ChatClient;
  isDrawerOpen: boolean;
  onDrawer: () => void;
}

export function Conversation({ client, isDrawerOpen, onDrawer }: ConversationProps): JSX.Element {
  const room = client.rooms.get(client.current);
  return (
    <main class="conversation" id="main">
      <header class="room-head">
        <button class="drawer-button" aria-expanded={isDrawerOpen} aria-controls="sidebar" onClick={onDrawer}>
          Rooms
        </button>
        <h1>{client.current || "No room"}</h1>
        <p>{peopleInWords(room?.people.length ?? 0)}</p>
      </header>
      <Log client={client} room={room} />
      <p class="typing" aria-live="polite">
        {typingInWords(room?.typing.names ?? [])}
      </p>
      {client.connection.state === "replaced" ? (
        <div class="replaced">
          <p>This conversation goes on in another window.</p>
          <button class="primary" onClick={() => client.takeOver()}>
            Use it here
          </button>
        </div>
      ) : (
        <Composer client={client} />
      )}
    </main>
  );
}

function Log({ client, room }: { client: ChatClient; room: OpenRoom | undefined }): JSX.Element {
  const entries = room?.log.entries ?? [];
  const list = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  const lastTop = useRef(0);
  const lastKey = entries.at(-1)?.key;

  const stayAtEnd = (): void => {
    const element = list.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(stayAtEnd, [lastKey, entries.length]);
  useEffect(() => {
    const observer = new ResizeObserver(stayAtEnd);
    if (list.current) observer.observe(list.current);
    return () => observer.disconnect();
  }, []);

  return (
    <ol
      class="log"
      ref={list}
      role="log"
      aria-label={`Messages in ${client.current}`}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        // Content that grows while the list scrolls to its end leaves a gap too: only going up is the reader's doing.
        const isNearEnd = scrollHeight - scrollTop - clientHeight < 48;
        isAtEnd.current = isNearEnd || (isAtEnd.current && scrollTop >= lastTop.current);
        lastTop.current = scrollTop;
      }}
    >
      {entries.length === 0 && <li class="empty">Nothing has been said here yet.</li>}
      {entries.map((entry, index) => (
        <MessageRow
          key={entry.key}
          client={client}
          entry={entry}
          isContinued={continues(entry, entries[index - 1])}
          isOnline={room?.people.includes(entry.from) ?? false}
          onPictureShown={stayAtEnd}
        />
      ))}
    </ol>
  );
}

/** Whether a message follows one of the same author closely enough to share its heading. */
function continues(entry: Entry, previous: Entry | undefined): boolean {
  return previous?.from === entry.from && entry.sentAt - previous.sentAt < 5 * 60_000;
}

function peopleInWords(count: number): string {
  return count === 1 ? "Just you" : `${count} people`;
}

function typingInWords(names: readonly string[]): string {
  if (names.length === 0) return "";
  if (names.length > 2) return "Several people are typing…";
  return `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing…`;
}
