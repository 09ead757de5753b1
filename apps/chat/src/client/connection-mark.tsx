/** How the connection is doing. */
import type { JSX } from "preact";
import type { Connection } from "./connection.ts";

export function ConnectionMark({ connection }: { connection: Connection }): JSX.Element {
  return (
    <div class="connection" data-connection={connection.state}>
      <span role="status">
        <span class="dot" aria-hidden="true" /> {textOf(connection)}
      </span>
      {connection.state === "online" && (
        <span class="transport" key={connection.transport} data-transport={connection.transport}>
          {connection.transport}
        </span>
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
    case "offline":
      return "Offline";
    case "refused":
      return "Not connected";
  }
}
