/** What the tests of managers and sockets have in common. */
import { type Packet, PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, vi } from "vitest";
import { Manager, type ManagerOptions, type Socket } from "../src/index.ts";
import { FakeEngine } from "./fake-engine.ts";

/** Each test begins with fake timers and no engine; a file of tests mocks the module of engines itself, since `vi.mock` is hoisted. */
export function startAfresh(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeEngine.reset();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** A manager whose waiting times are 1 s, 2 s, 4 s, 5 s, ... exactly. */
export function createManager(options: ManagerOptions = {}): Manager {
  return new Manager("http://server.example", { randomizationFactor: 0, ...options });
}

/** Writes down the events of a manager, and of a socket if there is one, in the form `name` or `name:argument`. */
export function watch(manager: Socket["io"], socket?: Socket): string[] {
  const events: string[] = [];
  const note = (name: string) => () => {
    events.push(name);
  };
  for (const name of ["open", "error", "reconnect_error", "reconnect_failed"] as const) {
    manager.on(name, note(name));
  }
  for (const name of ["reconnect", "reconnect_attempt"] as const) {
    manager.on(name, (attempt) => events.push(`${name}:${attempt}`));
  }
  manager.on("close", (reason) => events.push(`close:${reason}`));
  socket?.on("connect", note("connect"));
  socket?.on("connect_error", note("connect_error"));
  socket?.on("disconnect", (reason) => events.push(`disconnect:${reason}`));
  return events;
}

/** The server lets the client into a namespace. */
export function welcome(sid = "sid", nsp = "/"): void {
  FakeEngine.last.send({ type: PacketType.CONNECT, nsp, data: { sid } });
}

/** A manager and its socket, connected. */
export function connected(options: ManagerOptions = {}): {
  manager: Manager;
  socket: Socket;
  engine: FakeEngine;
} {
  const manager = createManager(options);
  const socket = manager.socket("/");
  const engine = FakeEngine.last.accept();
  welcome();
  engine.take();
  return { manager, socket, engine };
}

/** The data of events and acknowledgements. */
export function dataOf(packets: readonly Packet[]): unknown[] {
  return packets.map((packet) => ("data" in packet ? packet.data : undefined));
}
