/** How the connection is doing: what the socket and its manager say, as one state to show. */
import type { SocketMaker } from "@telsiz/client";
import type { Issue } from "@telsiz/events";

export type Connection =
  | { state: "connecting" }
  | { state: "online"; transport: string }
  | { state: "reconnecting"; attempt: number }
  /** On purpose, until somebody wants it back. */
  | { state: "offline" }
  /** The server turned the name down; it says why. */
  | { state: "refused"; problem: string };

/** What is watched: a client's socket, whatever its events are. */
interface WatchedSocket {
  readonly active: boolean;
  readonly io: SocketMaker;
  on(event: "connect" | "disconnect", listener: () => void): unknown;
  on(event: "connect_error", listener: (error: RefusedConnection) => void): unknown;
}

/** What the server, or the contract's check of `auth`, turns a connection down with. */
export interface RefusedConnection extends Error {
  readonly data?: { readonly code: string; readonly issues?: readonly Issue[] };
}

/** Why a connection was turned down, in a sentence for the user. */
export function whyRefused({ message, data }: RefusedConnection): string {
  return data?.issues?.[0]?.message ?? message;
}

export function watchConnection(socket: WatchedSocket, show: (connection: Connection) => void): void {
  const showOnline = (): void => show({ state: "online", transport: socket.io.engine.transport.name });
  socket.on("connect", () => {
    showOnline();
    socket.io.engine.once("upgrade", showOnline);
  });
  socket.on("disconnect", () => {
    show(
      socket.active && socket.io.reconnection()
        ? { state: "reconnecting", attempt: 0 }
        : { state: "offline" },
    );
  });
  socket.on("connect_error", (error) => {
    // Active sockets try again by themselves; a refused one does not.
    if (!socket.active) show({ state: "refused", problem: whyRefused(error) });
  });
  socket.io.on("reconnect_attempt", (attempt) => show({ state: "reconnecting", attempt }));
}
