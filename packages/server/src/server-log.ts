/** What a server logs above its engine: namespaces, sockets and rooms. It listens as anybody can, and only to what is wanted. */
import type { Log, Logs } from "@telsiz/events";
import type { AnyNamespace } from "./namespace.ts";

/** The part of a server that is watched. */
export interface LoggedServer {
  readonly sockets: AnyNamespace;
  on(event: "new_namespace", listener: (namespace: AnyNamespace) => void): unknown;
}

/** Logs in the areas `telsiz:server` and `telsiz:rooms`. */
export function logServer(server: LoggedServer, logs: Logs): void {
  const log = logs("telsiz:server");
  const logRoom = logs("telsiz:rooms");
  const watch = (namespace: AnyNamespace): void => {
    if (log !== undefined) logSockets(namespace, log);
    if (logRoom !== undefined) logRooms(namespace, logRoom);
  };
  if (log ?? logRoom) server.on("new_namespace", watch);
  watch(server.sockets);
}

function logSockets(namespace: AnyNamespace, log: Log): void {
  log(`${namespace.name} is there`);
  namespace.on("connection", (socket) => {
    log(`${namespace.name} ${socket.id} has connected${socket.recovered ? ", recovered" : ""}`);
    socket.on("disconnect", (reason) => log(`${namespace.name} ${socket.id} has disconnected: ${reason}`));
  });
}

function logRooms({ name, adapter }: AnyNamespace, log: Log): void {
  adapter.on("create-room", (room) => log(`${name} ${room} is there`));
  adapter.on("join-room", (room, id) => log(`${name} ${room} joined by ${id}`));
  adapter.on("leave-room", (room, id) => log(`${name} ${room} left by ${id}`));
  adapter.on("delete-room", (room) => log(`${name} ${room} is empty`));
}
