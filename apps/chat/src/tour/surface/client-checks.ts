/** The whole surface of the client's API, a few members at a time. Each check has a connection of its own. */
import { CATCH_ALL_KEPT, keepCatchAll } from "./catch-all.ts";
import type { Check } from "./check.ts";
import type { ClientStage } from "./client-stage.ts";
import { keepListeners, LISTENERS_KEPT } from "./listeners.ts";

export const clientChecks: Check<ClientStage>[] = [
  {
    title: "io: a socket, and a connection that namespaces share",
    expected: '["shared", "its own"]',
    run({ io }) {
      const one = io("/tour", { autoConnect: false });
      const other = io("/elsewhere", { autoConnect: false });
      const third = io("/tour", { autoConnect: false, forceNew: true });
      return [one.io === other.io ? "shared" : "apart", one.io === third.io ? "shared" : "its own"];
    },
  },
  {
    title: "Manager: settings",
    expected: "[true, 3, 10, 20, 0.25, 5000]",
    run({ manager }) {
      manager.reconnection(true).reconnectionAttempts(3).reconnectionDelay(10);
      manager.reconnectionDelayMax(20).randomizationFactor(0.25).timeout(5000);
      return [
        manager.reconnection(),
        manager.reconnectionAttempts(),
        manager.reconnectionDelay(),
        manager.reconnectionDelayMax(),
        manager.randomizationFactor(),
        manager.timeout(),
      ];
    },
  },
  {
    title: "Manager: open, connect, and its sockets",
    expected: '["open", "open already", true, ["/tour"], "/socket.io"]',
    async run({ manager }) {
      const opened = await new Promise((resolve) => manager.open(() => resolve("open")));
      const again = await new Promise((resolve) => manager.connect(() => resolve("open already")));
      const socket = manager.socket("/tour");
      const connected = new Promise((resolve) => socket.once("connect", () => resolve(socket.connected)));
      socket.connect();
      const isConnected = await connected;
      const { nsps, opts, engine } = manager;
      const path = engine.readyState === "open" ? opts.path : "closed";
      return [opened, again, isConnected, Object.keys(nsps), path];
    },
  },
  {
    title: "Manager: its events are an emitter's",
    expected: '["heard 3"]',
    run({ manager }) {
      const heard: string[] = [];
      manager.on("reconnect", (attempt) => heard.push(`heard ${attempt}`));
      manager.emit("reconnect", 3);
      return heard;
    },
  },
  {
    title: "Manager: listeners",
    expected: LISTENERS_KEPT,
    run: ({ manager }) => keepListeners(manager),
  },
  {
    title: "Socket: what it is",
    expected: '["20 characters", "/tour", true, false, true, false, { secret: 1 }, 0, 0, 0, true]',
    run({ socket }) {
      socket.auth = { secret: 1 };
      const { id, nsp, connected, disconnected, active, recovered, auth, io } = socket;
      const { sendBuffer, receiveBuffer, bufferedAmount } = socket;
      const waiting = [sendBuffer.length, receiveBuffer.length, bufferedAmount];
      const about = [`${id?.length} characters`, nsp, connected, disconnected, active, recovered, auth];
      return [...about, ...waiting, io.reconnection()];
    },
  },
  {
    title: "Socket: emit, send and modifiers reach the server",
    expected: '["wave(1), message(2), wave(3), wave(4), read the log(ƒ)"]',
    async run({ socket }) {
      socket.emit("start a log", "incoming");
      socket.emit("wave", 1).send(2);
      socket.compress(false).emit("wave", 3);
      socket.volatile.emit("wave", 4);
      const heard = (await socket.emitWithAck("read the log")) as unknown[];
      return [heard.join(", ")];
    },
  },
  {
    title: "Socket: emitWithAck and timeout",
    expected: '[{ sum: 5 }, "operation has timed out"]',
    async run({ socket }) {
      const silence: unknown = await socket
        .timeout(20)
        .emitWithAck("ponder")
        .catch((error: unknown) => (error as Error).message);
      const sum: unknown = await socket.emitWithAck("add", 2, 3);
      return [sum, silence];
    },
  },
  {
    title: "Socket: handle answers with what it returns",
    expected: '["42", "operation has timed out"]',
    async run({ socket }) {
      socket.handle("question", () => ({ text: "42" }));
      const marked = new Promise((resolve) => {
        socket.once("marked", (answer: string, riddle: string) => resolve([answer, riddle]));
      });
      socket.emit("quiz me");
      return marked;
    },
  },
  {
    title: "Socket: disconnect and connect, close and open",
    expected: "[false, true, false, true]",
    async run({ socket }) {
      const seen = [socket.disconnect().connected];
      const connected = (): Promise<boolean> =>
        new Promise((resolve) => socket.once("connect", () => resolve(socket.connected)));
      const first = connected();
      socket.connect();
      seen.push(await first, socket.close().connected);
      const second = connected();
      socket.open();
      return [...seen, await second];
    },
  },
  { title: "Socket: listeners", expected: LISTENERS_KEPT, run: ({ socket }) => keepListeners(socket) },
  {
    title: "Socket: catch-all listeners",
    expected: CATCH_ALL_KEPT,
    run: ({ socket }) => keepCatchAll(socket),
  },
];
