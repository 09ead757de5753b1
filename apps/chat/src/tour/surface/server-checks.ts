/** The whole surface of the server's API, a few members at a time. Each check runs on a server of its own. */
/* eslint-disable @typescript-eslint/no-deprecated -- every member is called, the deprecated ones too */
import { createServer } from "node:http";
import { io as connectTo } from "@telsiz/client";
import { Server } from "@telsiz/server";
import { CATCH_ALL_KEPT, keepCatchAll } from "./catch-all.ts";
import type { Check } from "./check.ts";
import { keepListeners, LISTENERS_KEPT } from "./listeners.ts";
import { addressOf, heardBy, type ServerStage } from "./server-stage.ts";

export const serverChecks: Check<ServerStage>[] = [
  {
    title: "Server: settings, before it is attached",
    expected: '["/chat", false, 5000, "the same adapter"]',
    run({ watch }) {
      const io = watch(new Server());
      io.path("/chat").serveClient(false).connectTimeout(5000);
      const adapter = io.adapter();
      io.adapter(adapter);
      const kept = io.adapter() === adapter;
      return [io.path(), io.serveClient(), io.connectTimeout(), kept ? "the same adapter" : "another one"];
    },
  },
  {
    title: "Server: attach, listen and close",
    expected: '["connected", "connected", "closed"]',
    async run({ watch }) {
      const [attached, listening] = [watch(new Server()), watch(new Server())];
      const [http, other] = [createServer(), createServer()];
      attached.attach(http);
      listening.listen(other);
      for (const each of [http, other]) each.listen(0, "127.0.0.1");
      const seen = [];
      for (const io of [attached, listening]) {
        const client = connectTo(await addressOf(io), { forceNew: true });
        seen.push(await new Promise((resolve) => client.once("connect", () => resolve("connected"))));
        client.disconnect();
        await io.close();
      }
      return [...seen, http.listening ? "open" : "closed"];
    },
  },
  {
    title: "Server: an engine that another server has, and a connection handed over",
    expected: '["bound", "handed over"]',
    async run({ io, watch, url }) {
      const second = watch(new Server());
      second.bind(io.engine);
      const third = watch(new Server());
      io.engine.once("connection", (session) => third.onconnection(session));
      const seen = Promise.all([
        new Promise((resolve) => second.once("connection", () => resolve("bound"))),
        new Promise((resolve) => third.once("connection", () => resolve("handed over"))),
      ]);
      const client = connectTo(url, { forceNew: true });
      const outcome = await seen;
      client.disconnect();
      return outcome;
    },
  },
  {
    title: "Server: of, use, its namespaces and what is below",
    expected: '["/den", "refused: members only", true, true, true]',
    async run({ io, url }) {
      const den = io.of("/den");
      den.use((_socket, next) => next(new Error("members only")));
      io.use((_socket, next) => next());
      const client = connectTo(`${url}/den`, { forceNew: true });
      const problem = await new Promise((resolve) => {
        client.once("connect_error", ({ message }) => resolve(`refused: ${message}`));
      });
      client.disconnect();
      const below = [io.httpServer !== undefined, io.engine.clientsCount > 0, "encode" in io.encoder];
      return [den.name, problem, ...below];
    },
  },
  {
    title: "Server: drain lets go of every client",
    expected: "0",
    async run({ io, client, other }) {
      for (const each of [client, other]) each.io.reconnection(false);
      await io.drain({ spread: 0 });
      return io.sockets.sockets.size;
    },
  },
  {
    title: "Server: emit, send and write to all",
    expected: '["news(1) message(2) message(3)", "news(1) message(2) message(3)"]',
    run: ({ io, client, other }) =>
      heardBy(
        [client, other],
        () => {
          io.emit("news", 1);
          io.send(2);
          io.write(3);
        },
        () => io.emit("last"),
      ),
  },
  {
    title: "Server: to, in and except a room",
    expected: '["to(1) in(2)", "except(3)"]',
    run({ io, client, other, socket }) {
      void socket.join("den");
      const send = (): void => {
        io.to("den").emit("to", 1);
        io.in("den").emit("in", 2);
        io.except("den").emit("except", 3);
      };
      return heardBy([client, other], send, () => io.emit("last"));
    },
  },
  {
    title: "Server: compress, volatile, local and latest, each with an event",
    expected: '["a() b() c() d()", "a() b() c() d()"]',
    run({ io, client, other }) {
      const send = (): void => {
        io.compress(false).emit("a");
        io.volatile.emit("b");
        io.local.emit("c");
        io.latest("key").emit("d");
      };
      return heardBy([client, other], send, () => io.emit("last"));
    },
  },
  {
    title: "Server: timeout, and answers of all",
    expected: '[["yes", "yes"], ["yes", "yes"]]',
    async run({ io, client, other }) {
      for (const each of [client, other]) each.on("ask", (reply: (answer: string) => void) => reply("yes"));
      const byCallback = new Promise((resolve) => {
        io.timeout(5000).emit("ask", (_error: unknown, answers: unknown) => resolve(answers));
      });
      return [await byCallback, await io.timeout(5000).emitWithAck("ask")];
    },
  },
  {
    title: "Server: emitWithAck wants a timeout",
    expected: '"a timeout is wanted"',
    run: ({ io }) =>
      io.emitWithAck("ask").then(
        () => "answered",
        () => "a timeout is wanted",
      ),
  },
  {
    title: "Server: fetchSockets, allSockets, socketsJoin, socketsLeave, disconnectSockets",
    expected: "[2, 2, 2, 0, 0]",
    async run({ io }) {
      const found = await io.fetchSockets();
      const ids = await io.allSockets();
      io.socketsJoin("den");
      const inside = (await io.in("den").fetchSockets()).length;
      io.socketsLeave("den");
      const left = (await io.in("den").fetchSockets()).length;
      io.disconnectSockets();
      return [found.length, ids.size, inside, left, io.sockets.sockets.size];
    },
  },
  {
    title: "Server: serverSideEmit finds no other server, and none answers",
    expected: "[true, []]",
    async run({ io }) {
      return [io.serverSideEmit("ping"), await io.serverSideEmitWithAck("ping")];
    },
  },
  {
    title: "Server: listeners",
    expected: LISTENERS_KEPT,
    run: ({ io }) => keepListeners(io),
  },
  {
    title: "Namespace: what it is",
    expected: '["/", 2, true, "the same server"]',
    run({ io, socket }) {
      const { name, sockets, adapter, server } = io.sockets;
      return [
        name,
        sockets.size,
        adapter.rooms.has(socket.id),
        Object.is(server, io) ? "the same server" : "another",
      ];
    },
  },
  {
    title: "Namespace: emit, send, write, and every kind of target",
    expected:
      '["a() message(1) message(2) b() c() e() f() g() h()", "a() message(1) message(2) d() e() f() g() h()"]',
    run({ io, client, other, socket }) {
      void socket.join("den");
      const nsp = io.of("/");
      const send = (): void => {
        nsp.emit("a");
        nsp.send(1);
        nsp.write(2);
        nsp.to("den").emit("b");
        nsp.in("den").emit("c");
        nsp.except("den").emit("d");
        nsp.compress(true).emit("e");
        nsp.volatile.emit("f");
        nsp.local.emit("g");
        nsp.latest("key").emit("h");
      };
      return heardBy([client, other], send, () => nsp.emit("last"));
    },
  },
  {
    title: "Namespace: use, timeout, emitWithAck, and answers of all",
    expected: '[["yes", "yes"], "a timeout is wanted", "met"]',
    async run({ io, client, other, url }) {
      const nsp = io.of("/");
      for (const each of [client, other]) each.on("ask", (reply: (answer: string) => void) => reply("yes"));
      const answers = await nsp.timeout(5000).emitWithAck("ask");
      const problem = await nsp.emitWithAck("ask").catch(() => "a timeout is wanted");
      const met = new Promise((resolve) => {
        nsp.use((_socket, next) => {
          resolve("met");
          next();
        });
      });
      const third = connectTo(url, { forceNew: true });
      const outcome = [answers, problem, await met];
      third.disconnect();
      return outcome;
    },
  },
  {
    title: "Namespace: sockets as a whole, and other servers",
    expected: "[2, 2, 2, 0, true, [], 0]",
    async run({ io }) {
      const nsp = io.of("/");
      const found = (await nsp.fetchSockets()).length;
      const ids = (await nsp.allSockets()).size;
      nsp.socketsJoin("den");
      const inside = (await nsp.in("den").fetchSockets()).length;
      nsp.socketsLeave("den");
      const left = (await nsp.in("den").fetchSockets()).length;
      const told = nsp.serverSideEmit("ping");
      const answers = await nsp.serverSideEmitWithAck("ping");
      nsp.disconnectSockets();
      return [found, ids, inside, left, told, answers, nsp.sockets.size];
    },
  },
  {
    title: "Namespace: listeners",
    expected: LISTENERS_KEPT,
    run: ({ io }) => keepListeners(io.of("/listeners")),
  },
  {
    title: "BroadcastOperator: targets and flags add up",
    expected: '["a() b() message(1)", "a() c() message(1)"]',
    run({ io, client, other, socket, otherSocket }) {
      void socket.join(["den", "attic"]);
      void otherSocket.join("cellar");
      const send = (): void => {
        io.to("den").in("cellar").to("attic").emit("a");
        io.to(["den", "cellar"]).except("cellar").compress(false).local.emit("b");
        io.to("cellar").volatile.latest("key").emit("c");
        io.in("den").in("cellar").send(1);
      };
      return heardBy([client, other], send, () => io.emit("last"));
    },
  },
  {
    title: "BroadcastOperator: timeout, emit and emitWithAck with answers",
    expected: '[["yes"], ["yes"]]',
    async run({ io, client, socket }) {
      void socket.join("den");
      client.on("ask", (reply: (answer: string) => void) => reply("yes"));
      const den = io.to("den").timeout(5000);
      const byCallback = new Promise((resolve) => {
        den.emit("ask", (_error: unknown, answers: unknown) => resolve(answers));
      });
      return [await byCallback, await den.emitWithAck("ask")];
    },
  },
  {
    title: "BroadcastOperator: sockets as a whole",
    expected: "[1, 1, 1, 0, 1]",
    async run({ io, socket }) {
      void socket.join("den");
      const den = io.in("den");
      const found = (await den.fetchSockets()).length;
      const ids = (await den.allSockets()).size;
      den.socketsJoin("attic");
      const inside = (await io.in("attic").fetchSockets()).length;
      den.socketsLeave("attic");
      const left = (await io.in("attic").fetchSockets()).length;
      den.disconnectSockets();
      return [found, ids, inside, left, io.sockets.sockets.size];
    },
  },
  {
    title: "Socket: what it is",
    expected:
      '["20 characters", "/", true, false, false, { likes: "tea" }, true, true, true, "::1 or 127.0.0.1", 0]',
    run({ socket, io }) {
      socket.data = { likes: "tea" };
      const { id, nsp, connected, disconnected, recovered, rooms, request, client, handshake } = socket;
      const data: unknown = socket.data;
      return [
        `${id.length} characters`,
        nsp.name,
        connected,
        disconnected,
        recovered,
        data,
        rooms.has(id),
        request.url?.startsWith("/socket.io/"),
        client.conn === socket.conn && io.engine.clients.has(socket.conn.id),
        /^(?:::1|(?:::ffff:)?127\.0\.0\.1)$/.test(handshake.address) ? "::1 or 127.0.0.1" : handshake.address,
        socket.bufferedAmount,
      ];
    },
  },
  {
    title: "Socket: emit, send, write and modifiers reach its client alone",
    expected: '["a() message(1) message(2) b() c() d()", ""]',
    run({ io, socket, client, other }) {
      const send = (): void => {
        socket.emit("a");
        socket.send(1);
        socket.write(2);
        socket.volatile.emit("b");
        socket.compress(false).emit("c");
        socket.latest("key").emit("d");
      };
      return heardBy([client, other], send, () => io.emit("last"));
    },
  },
  {
    title: "Socket: join, leave, and what reaches the others only",
    expected: '["", "a() b() c() d() e()"]',
    run({ io, socket, otherSocket, client, other }) {
      void socket.join("den");
      void otherSocket.join(["den", "attic"]);
      void otherSocket.leave("attic");
      const send = (): void => {
        socket.to("den").emit("a");
        socket.in("den").emit("b");
        socket.except("attic").emit("c");
        socket.broadcast.emit("d");
        socket.local.emit("e");
        socket.to("attic").emit("never");
      };
      return heardBy([client, other], send, () => io.emit("last"));
    },
  },
  {
    title: "Socket: emitWithAck and timeout",
    expected: '["yes", "operation has timed out"]',
    async run({ socket, client }) {
      client.on("ask", (reply: (answer: string) => void) => reply("yes"));
      const silence: unknown = await socket
        .timeout(20)
        .emitWithAck("ponder")
        .catch((error: unknown) => (error as Error).message);
      const answer: unknown = await socket.emitWithAck("ask");
      return [answer, silence];
    },
  },
  {
    title: "Socket: handle answers with what it returns",
    expected: "5",
    run({ socket, client }) {
      socket.handle("sum", (a: number, b: number) => a + b);
      return client.emitWithAck("sum", 2, 3);
    },
  },
  {
    title: "Socket: drained",
    expected: '"nothing waits"',
    run: ({ socket }) => socket.drained().then(() => "nothing waits"),
  },
  {
    title: "Socket: use sees each packet first",
    expected: '"seen: hello"',
    run: ({ socket, client }) =>
      new Promise((resolve) => {
        socket.use(([event], next) => {
          resolve(`seen: ${event}`);
          next();
        });
        client.emit("hello");
      }),
  },
  {
    title: "Socket: disconnect",
    expected: '["io server disconnect", false]',
    async run({ socket, client }) {
      const reason = new Promise((resolve) => client.once("disconnect", resolve));
      socket.disconnect();
      return [await reason, socket.connected];
    },
  },
  { title: "Socket: listeners", expected: LISTENERS_KEPT, run: ({ socket }) => keepListeners(socket) },
  {
    title: "Socket: catch-all listeners",
    expected: CATCH_ALL_KEPT,
    run: ({ socket }) => keepCatchAll(socket),
  },
];
