/** What a server holds, counted: to be the same after a client as before it. */
import type { Server } from "socket.io";

/** The size of each table. */
export interface ServerTables {
  readonly sessions: number;
  readonly sockets: number;
  readonly rooms: number;
  readonly members: number;
  readonly namespaces: number;
  /** Connections of the http server. */
  readonly streams: number;
}

/** Counts what `io` holds. */
export function countTables(io: Server): ServerTables {
  const { adapter, sockets } = io.sockets;
  return {
    sessions: io.engine.clientsCount,
    sockets: sockets.size,
    rooms: adapter.rooms.size,
    members: adapter.sids.size,
    namespaces: io._nsps.size,
    // Those of its own, of its neighbour and of its http server: streams that leak are counted here.
    streams: process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length,
  };
}

/** Whether `io` holds no more than `before`. */
export function holdsNoMore(io: Server, before: ServerTables): boolean {
  const now = countTables(io);
  return Object.entries(before).every(([name, count]) => now[name as keyof ServerTables] <= Number(count));
}
