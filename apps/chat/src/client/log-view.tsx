/** The messages of a room: it stays at the end while new ones come, and fetches older ones on the way up. */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ChatClient } from "./chat-client.ts";
import { MessageRow } from "./message-row.tsx";
import type { Room } from "./room.ts";
import type { Entry } from "./room-log.ts";

interface LogViewProps {
  client: ChatClient;
  room: Room | undefined;
  onAnswer: (entry: Entry) => void;
}

/** How near to an end counts as there, in pixels. */
const NEAR = 48;

export function LogView({ client, room, onAnswer }: LogViewProps): JSX.Element {
  const entries = room?.log.entries ?? [];
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lastTop = useRef(0);
  /** The height of the list while its first message was another one. */
  const before = useRef({ firstKey: "", height: 0 });
  const firstKey = entries[0]?.key ?? "";

  const stayInPlace = (): void => {
    const element = box.current;
    if (!element) return;
    if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    else if (before.current.firstKey !== firstKey)
      element.scrollTop += element.scrollHeight - before.current.height;
    before.current = { firstKey, height: element.scrollHeight };
  };
  useLayoutEffect(stayInPlace, [entries.at(-1)?.key, entries.length, firstKey]);
  useEffect(() => {
    const observer = new ResizeObserver(stayInPlace);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (isAtEnd.current) client.noteSeen();
  });
  useEffect(() => {
    const onSight = (): void => client.noteSeen();
    document.addEventListener("visibilitychange", onSight);
    return () => document.removeEventListener("visibilitychange", onSight);
  }, [client]);

  const onScroll = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement): void => {
    // Content that grows while the list scrolls to its end leaves a gap too: only going up is the reader's doing.
    const isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    const wasAtEnd = isAtEnd.current;
    isAtEnd.current = isNearEnd || (wasAtEnd && scrollTop >= lastTop.current);
    lastTop.current = scrollTop;
    if (isAtEnd.current && !wasAtEnd) client.noteSeen();
    if (scrollTop < NEAR && !isNearEnd) void client.loadOlder();
  };

  return (
    <div
      class="log"
      ref={box}
      role="log"
      aria-label={`Messages in ${client.titleOf(client.current)}`}
      tabIndex={0}
      onScroll={({ currentTarget }) => onScroll(currentTarget)}
    >
      {room?.hasMore === true && (
        <button class="quiet older" disabled={room.isLoading} onClick={() => void client.loadOlder()}>
          {room.isLoading ? "Loading…" : "Earlier messages"}
        </button>
      )}
      {entries.length === 0 && <p class="empty">{emptyInWords(room)}</p>}
      <ol>
        {entries.map((entry, index) => (
          <MessageRow
            key={entry.key}
            client={client}
            room={room!}
            entry={entry}
            previous={entries[index - 1]}
            onAnswer={() => onAnswer(entry)}
            onPictureShown={stayInPlace}
          />
        ))}
      </ol>
    </div>
  );
}

function emptyInWords(room: Room | undefined): string {
  if (!room) return "Choose a room.";
  return room.isLoaded ? "Nothing has been said here yet." : "Loading…";
}
