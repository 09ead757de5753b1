/* eslint-disable -- written as programs of others are, not as this repository is */
/** A client as programs with types have it. Compiled, not run. */
import {
  connect,
  io,
  Manager,
  Socket,
  type DisconnectDescription,
  type ManagerOptions,
  type SocketOptions,
} from "socket.io-client";
import type { ClientToServerEvents, ServerToClientEvents } from "./events.ts";

type AppSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

const options: Partial<ManagerOptions & SocketOptions> = {
  autoConnect: false,
  transports: ["websocket", "polling"],
  auth: { token: "abc" },
  query: { page: "1" },
  extraHeaders: { authorization: "bearer 1" },
  reconnectionAttempts: 10,
  timeout: 5000,
  retries: 3,
  ackTimeout: 1000,
  withCredentials: true,
  forceNew: true,
};

export const socket: AppSocket = io("http://localhost:3000/", options);
const other: Socket = connect("/namespace", { auth: (give) => give({ token: "later" }) });
const fromManager: AppSocket = new Manager("http://localhost:3000", { reconnectionDelay: 100 }).socket("/", {
  auth: {},
});

socket.on("connect", () => console.log(socket.id, socket.connected, socket.recovered, socket.active));
socket.on("connect_error", (error) => {
  const { message, data } = error as Error & { data?: { content?: string } };
  console.log(message, data?.content);
});
socket.on("disconnect", (reason: Socket.DisconnectReason, details?: DisconnectDescription) => {
  if (reason === "io server disconnect") socket.connect();
  if (details && "description" in details) console.log(details.description, details.context);
});
socket.on("welcome", (user) => console.log(user.roles.join()));
socket.on("confirm", (question, callback) => callback(question === "" ? "no" : "yes"));
const onTick = (at: number): void => console.log(at);
socket.once("tick", onTick);
socket.off("tick", onTick);
socket.off("tick");
socket.off();
socket.removeAllListeners("welcome");
console.log(socket.hasListeners("tick"), socket.listeners("tick").length);

socket.emit("hello", "Ada");
socket.emit("hello", "Ada", 36);
socket.emit("add", 1, 2, (sum) => console.log(sum.toFixed()));
socket.emit("maybe");
socket.volatile.emit("nothing");
socket.compress(false).emit("nothing");
socket.timeout(100).emit("add", 1, 2, (error, sum) => console.log(error ? error.message : sum + 1));

export async function ask(): Promise<number> {
  const sum: number = await socket.emitWithAck("add", 1, 2);
  const timed: number = await socket.timeout(100).emitWithAck("add", sum, 2);
  return sum + timed;
}

socket.onAny((event: string, ...args: any[]) => console.log(event, args));
socket.prependAnyOutgoing((event, ...args) => console.log(event, args));
socket.offAny();

socket.io.on("reconnect_attempt", (attempt) => console.log(attempt + 1));
socket.io.on("reconnect_error", (error: Error) => console.log(error.message));
socket.io.on("error", (error) => console.log(error.message));
socket.io.opts.transports = ["polling"];
socket.io.opts.query = { page: "2" };
socket.io.reconnectionDelay(500).timeout(1000);
socket.io.engine.on("upgrade", (transport: { name: string }) => console.log(transport.name));
socket.io.engine.once("close", (reason: string) => console.log(reason));
socket.auth = { token: "new" };
socket.disconnect().connect();

other.emit("anything", 1, "2", [3]);
other.on("anything", (...args) => console.log(...args));
fromManager.close();
