/** The packets, the newest at the end; an acknowledgement and its question point to each other. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { sizeInWords } from "./file-view.tsx";
import type { WireEntry } from "./wire-log.ts";

export function PacketList({ entries }: { entries: readonly WireEntry[] }): JSX.Element {
  const [chosen, setChosen] = useState<number>();
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = box.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [entries]);
  return (
    <div
      class="packets"
      ref={box}
      role="region"
      aria-label="Packets"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      <ol>
        {entries.map((entry) => (
          <PacketRow
            key={entry.number}
            entry={entry}
            isChosen={chosen === entry.number}
            isPartner={chosen !== undefined && chosen === entry.partner}
            onChoose={() => setChosen(chosen === entry.number ? undefined : entry.number)}
          />
        ))}
      </ol>
    </div>
  );
}

interface PacketRowProps {
  entry: WireEntry;
  isChosen: boolean;
  isPartner: boolean;
  onChoose: () => void;
}

function PacketRow({ entry, isChosen, isPartner, onChoose }: PacketRowProps): JSX.Element {
  const { direction, kind, text, size, ackId, roundTripMs } = entry;
  return (
    <li data-direction={direction} data-kind={kind} data-partner={isPartner}>
      <button class="packet" aria-expanded={isChosen} onClick={onChoose}>
        <span class="packet-direction">
          <span aria-hidden="true">{direction === "in" ? "↓" : "↑"}</span>
          <span class="visually-hidden">{direction === "in" ? "received" : "sent"}</span>
        </span>
        <span class="packet-kind">{kind}</span>
        {ackId !== undefined && <span class="packet-ack">#{ackId}</span>}
        {roundTripMs !== undefined && <span class="packet-time">{roundTripMs.toFixed(1)} ms</span>}
        <span class="packet-size">{size > 0 && sizeInWords(size)}</span>
        <code class="packet-text">{text}</code>
      </button>
    </li>
  );
}
