/** What a socket itself tells its listeners, and what passes its middlewares. */
import type { AnyEvents, IncomingEvent, Next } from "@telsiz/events";
import type { ServerDisconnectReason } from "@telsiz/socket";

/** The events of a socket itself. */
export interface SocketReservedEvents {
  /** It is about to leave its rooms, which are still there. */
  disconnecting: (reason: ServerDisconnectReason, description?: unknown) => void;
  /** It has left. */
  disconnect: (reason: ServerDisconnectReason, description?: unknown) => void;
  /** A packet was refused by a middleware, or could not be read. A client may emit it too, with any arguments. */
  error: (error: Error) => void;
}

/** An event of any map: its name and arguments. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Socket.IO
export type Event = [event: string, ...args: any[]];

/** A middleware for the packets of one socket. */
export type PacketMiddleware<Listen = AnyEvents> = (packet: IncomingEvent<Listen>, next: Next) => unknown;
