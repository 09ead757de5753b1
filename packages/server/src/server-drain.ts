/** Closes the connections of a server one by one, each when its handlers are done: `io.drain()`. */
import { checkDurations, OptionError, startDeadline } from "@telsiz/events";

/** How a server is drained. */
export interface ServerDrainOptions {
  /** Over how long its connections are closed, evenly, in milliseconds, so that clients don't all come back at once. @default 10_000 */
  spread?: number | undefined;
  /** How long each waits for its handlers, and for what it was sent to leave, in milliseconds. @default 5_000 */
  inflight?: number | undefined;
}

/** A connection that was closed before it was done. */
export interface CutOff {
  /** The id of the engine's session, `socket.conn.id`. */
  readonly id: string;
  /** The ids of its sockets. */
  readonly sockets: readonly string[];
  /** How many events have not been answered, or their handlers' promises not settled. */
  readonly handlers: number;
  /** How many packets have not left. */
  readonly packets: number;
}

/** What came of draining a server. */
export interface ServerDrainReport {
  /** How many connections were open. */
  readonly connections: number;
  /** Those of them that were closed before they were done. */
  readonly cutOff: readonly CutOff[];
}

/** What draining sees of a connection. */
export interface DrainedConnection {
  readonly conn: {
    readonly id: string;
    readonly queuedPackets: number;
    close(discard: boolean): unknown;
  };
  /** Whether it has ended by itself. */
  readonly _closed: boolean;
  /** The ids of its sockets. */
  readonly _socketIds: readonly string[];
  /** How many events its handlers are at work on. */
  readonly _workCount: number;
  /** Resolves when they are at work on none. */
  _idle(): Promise<void>;
  /** Ends its sockets, and closes when what is queued has left. @param onEnded called at the end */
  _finish(onEnded: () => void): void;
}

/** @throws OptionError */
export function checkDrainOptions(options: ServerDrainOptions): void {
  checkDurations(options, "spread", "inflight");
  if (options.spread === Infinity) throw new OptionError("spread", "a finite time in milliseconds", Infinity);
}

/** Closes `connections` in their order. */
export async function drainConnections(
  connections: readonly DrainedConnection[],
  { spread = 10_000, inflight = 5_000 }: ServerDrainOptions,
): Promise<ServerDrainReport> {
  const start = performance.now();
  const ends: Promise<CutOff | undefined>[] = [];
  for (const [index, connection] of connections.entries()) {
    await elapse(start + (index * spread) / connections.length - performance.now());
    ends.push(endOf(connection, inflight));
  }
  const cutOff = (await Promise.all(ends)).filter((end) => end !== undefined);
  return { connections: connections.length, cutOff };
}

/** Closes a connection; tells what was not done. */
async function endOf(connection: DrainedConnection, inflightMs: number): Promise<CutOff | undefined> {
  const deadline = performance.now() + inflightMs;
  if (!connection._closed) await within(connection._idle(), inflightMs);
  if (connection._closed) return undefined;
  const { conn, _workCount: handlers, _socketIds: sockets } = connection;
  const ended = new Promise<void>((resolve) => connection._finish(resolve));
  const inTime = await within(ended, deadline - performance.now());
  const packets = inTime ? 0 : conn.queuedPackets;
  if (!inTime) conn.close(true);
  return handlers + packets === 0 ? undefined : { id: conn.id, sockets, handlers, packets };
}

function elapse(delayMs: number): Promise<void> | undefined {
  return delayMs <= 0 ? undefined : new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** Whether `promise` resolves in time; if it has resolved already, it is. */
function within(promise: Promise<void>, timeMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = startDeadline(() => resolve(false), Math.max(0, timeMs));
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
