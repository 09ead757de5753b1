/** One side of a connection, whichever it is, and when what it sent has arrived. */
import { describeValue, nextEvent } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import type { Pair } from "./meeting.ts";

/** What both sides of a connection can do. */
export type Side = ClientSocket | ServerSocket;

/** Sends an event; resolves when the other side gets it, with what it gets. */
export async function sendOver(from: Side, to: Side, event: string, ...args: unknown[]): Promise<unknown[]> {
  const received = nextEvent(to, event);
  from.emit(event, ...args);
  return received;
}

/** When it is over, all that `from` sent before has arrived. */
export async function roundTrip(from: Side, to: Side): Promise<void> {
  await sendOver(from, to, "round trip");
}

/** The event that says that all before has arrived. */
const SETTLED = "settled";

/** Every event that a side gets from now on. */
export function record(side: Side): unknown[][] {
  const events: unknown[][] = [];
  side.onAny((...args: unknown[]) => {
    if (args[0] !== SETTLED) events.push(args.map(describeValue));
  });
  return events;
}

/** All that the server sent to these clients has arrived. */
export async function settled(pairs: readonly Pair[]): Promise<void> {
  for (const { client, socket } of pairs) await sendOver(socket, client, SETTLED);
}
