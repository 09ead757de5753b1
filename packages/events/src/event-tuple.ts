/** Events as tuples of name and arguments, as catch-all listeners and middlewares get them. */
import type { PayloadOf } from "./acknowledgement.ts";
import type { EventArgs, EventName } from "./event-map.ts";

/**
 * Any event that comes: a check of its name narrows its arguments, of which the last may be an acknowledgement to call.
 * @example socket.onAny((...event) => { if (event[0] === "join") console.log(event[1]); });
 */
export type IncomingEvent<E> = {
  [K in EventName<E>]: [event: K, ...args: EventArgs<E, K>];
}[EventName<E>];

/** Any event that is sent: a check of its name narrows its arguments. */
export type OutgoingEvent<E> = {
  [K in EventName<E>]: [event: K, ...args: PayloadOf<EventArgs<E, K>>];
}[EventName<E>];
