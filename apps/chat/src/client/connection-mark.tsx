/** How the connection is doing, and a way to lose it. */
import type { JSX } from "preact";
import type { Connection } from "./chat-client.ts";

export function ConnectionMark({
  connection,
  onCut,
}: {
  connection: Connection;
  onCut: () => void;
}): JSX.Element {
  return (
    <div class="connection" data-connection={connection.state}>
      <span role="status">
        <span class="dot" aria-hidden="true" /> {textOf(connection)}
        {connection.state === "online" && <span class="transport">, {connection.transport}</span>}
      </span>
      {connection.state === "online" && (
        <button class="quiet" onClick={onCut} title="Drops the connection, to see how it comes back">
          Interrupt
        </button>
      )}
    </div>
  );
}

function textOf(connection: Connection): string {
  switch (connection.state) {
    case "connecting":
      return "Connecting…";
    case "online":
      return "Online";
    case "reconnecting":
      return connection.attempt > 1 ? `Reconnecting, attempt ${connection.attempt}…` : "Reconnecting…";
    case "replaced":
      return "In use elsewhere";
    case "refused":
      return "Not connected";
  }
}
