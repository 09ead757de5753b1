/** How far an own message got: as a mark to see, and in words to hear. */
import type { JSX } from "preact";
import type { Entry } from "./room-log.ts";

interface TickProps {
  entry: Entry;
  /** Names of those who have seen it. */
  seenBy: readonly string[];
}

export function Tick({ entry, seenBy }: TickProps): JSX.Element {
  const [mark, words] = seenBy.length > 0 ? ["✓✓", `Seen by ${seenBy.join(", ")}`] : tickOf(entry);
  return (
    <span class="tick" title={words}>
      <span aria-hidden="true">{mark}</span>
      <span class="visually-hidden">{words}</span>
    </span>
  );
}

function tickOf({ status, pages }: Entry): [mark: string, words: string] {
  switch (status) {
    case "waiting":
      return ["◷", "Waiting for the connection"];
    case "sending":
      return ["…", "Sending"];
    case "sent":
      return ["✓", "Kept by the server"];
    case "delivered":
      return ["✓✓", `Delivered to ${pages} ${pages === 1 ? "window" : "windows"}`];
    case "failed":
      return ["!", "Not sent"];
  }
}
