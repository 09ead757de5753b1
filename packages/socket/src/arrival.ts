/**
 * The event by which a client that keeps what it has sent asks, now and then, for a sign that all before has come: its
 * acknowledgement, which tells nothing else (docs/wire.md, "Delivery").
 */
export const ARRIVAL_EVENT = "$t:arrived";
