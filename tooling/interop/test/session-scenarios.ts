/** What the two applications of each recorded session do, written once for every client and server. */
import { nextEvent, until } from "@telsiz/testkit";
import type { Server, Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import type { ClientOptions } from "../src/peers.ts";

/** The stage of a scenario. */
export interface Scene {
  readonly io: Server;
  /** A client with the session's options, through the recorder. */
  client(options?: ClientOptions): ClientSocket;
  /** Notes what an application saw. */
  note(actor: "client" | "server", event: string, value?: unknown): void;
}

type Scenario = (scene: Scene) => Promise<void>;

/** Client and server side, connected; what the server does at once is done before the client knows. */
function join(
  scene: Scene,
  onConnection?: (socket: ServerSocket) => void,
): Promise<[ClientSocket, ServerSocket]> {
  return joinWith(scene, scene.client(), onConnection);
}

/** As {@link join}, for a client that has listeners already. */
async function joinWith(
  { io }: Scene,
  client: ClientSocket,
  onConnection: (socket: ServerSocket) => void = () => undefined,
): Promise<[ClientSocket, ServerSocket]> {
  io.once("connection", onConnection);
  const [[socket]] = await Promise.all([
    nextEvent<[ServerSocket]>(io, "connection"),
    nextEvent(client, "connect"),
  ]);
  return [client, socket];
}

async function leave(client: ClientSocket, socket: ServerSocket): Promise<void> {
  const left = nextEvent(socket, "disconnect");
  client.disconnect();
  await left;
}

/** Echoes of some values, one by one or, in a list, sent together. */
function echoes(...batches: (readonly unknown[])[][]): Scenario {
  return async (scene) => {
    const [client, socket] = await join(scene, (arrived) => {
      arrived.on("echo", (...args: unknown[]) => arrived.emit("echo-back", ...args));
      arrived.on("disconnect", (reason) => scene.note("server", "disconnect", reason));
    });
    scene.note("client", "connect");
    for (const batch of batches) {
      let back = 0;
      client.on("echo-back", () => back++);
      for (const args of batch) client.emit("echo", ...args);
      await until(() => back >= batch.length, "the echoes");
      client.off("echo-back");
    }
    await leave(client, socket);
  };
}

function answerBinary({ note }: Scene, socket: ServerSocket): void {
  socket.on("bin", (value: unknown, answer: (bytes: Buffer) => void) => {
    note("server", "received", value);
    answer(Buffer.from("0909", "hex"));
  });
}

const binary: Scenario = async (scene) => {
  const client = scene.client();
  const received = nextEvent(client, "srv");
  const [, socket] = await joinWith(scene, client, (arrived) => {
    const floats = new Uint8Array([0, 0, 0xc0, 0x3f]); // 1.5 as a Float32, on every machine
    arrived.emit("srv", { $: 1 }, Buffer.from([1, 2, 3]), new Float32Array(floats.buffer));
    answerBinary(scene, arrived);
  });
  scene.note("client", "received", await received);
  const value = {
    b: Buffer.from("cafe", "hex"),
    list: [new Uint16Array([1, 2]), Uint8Array.of(7)],
    empty: Buffer.alloc(0),
  };
  scene.note("client", "ack", await client.emitWithAck("bin", value));
  await leave(client, socket);
};

const heartbeat: Scenario = async (scene) => {
  const [client, socket] = await join(scene);
  let pings = 0;
  client.io.on("ping", () => {
    pings++;
    scene.note("client", "manager ping");
  });
  await until(() => pings === 3, "three pings");
  // The third pong is on its way: what is sent now comes after it.
  await leave(client, socket);
};

const disconnectedByServer = async (scene: Scene, close: boolean): Promise<void> => {
  const [client] = await join(scene, (socket) => {
    socket.on("bye", (all: boolean) => socket.disconnect(all));
    socket.on("disconnect", (reason) => scene.note("server", "disconnect", reason));
  });
  client.emit("bye", close);
  const [reason] = await nextEvent(client, "disconnect");
  scene.note("client", "disconnect", { reason, active: client.active });
  await until(() => client.io.engine.readyState === "closed", "the engine is closed");
};

/** The connection is lost; `whileAway` is called before the client is back. @returns the server's new side of it */
async function cut(
  { io }: Scene,
  client: ClientSocket,
  socket: ServerSocket,
  whileAway: () => void = () => undefined,
): Promise<ServerSocket> {
  socket.once("disconnect", whileAway);
  const back = Promise.all([nextEvent<[ServerSocket]>(io, "connection"), nextEvent(client, "connect")]);
  client.io.engine.close();
  const [[next]] = await back;
  return next;
}

/** The scenarios by the names of the recorded sessions. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "polling-only": echoes([["hi"]], [[1]], [[{ a: "ğ€😀" }], ["a\x1eb"]]),
  "websocket-only": echoes([["hi", { a: [1, null] }]], [["ğ€😀"]]),

  "upgrade-server-side-messages": async (scene) => {
    const client = scene.client();
    const ticks: number[] = [];
    client.on("tick", (tick: number) => ticks.push(tick));
    const [socket] = await nextEvent<[ServerSocket]>(scene.io, "connection");
    const { conn } = socket as unknown as { conn: { once(event: string, listener: () => void): void } };
    conn.once("upgrading", () => socket.emit("tick", 0));
    conn.once("upgrade", () => {
      for (let tick = 1; tick < 8; tick++) socket.emit("tick", tick);
    });
    await until(() => ticks.length === 8, "all ticks");
    await leave(client, socket);
  },

  "upgrade-idle": async (scene) => {
    const [client, socket] = await join(scene);
    await until(() => socket.conn.transport.name === "websocket", "the upgrade");
    await leave(client, socket);
  },

  "namespaces-auth-errors": async (scene) => {
    const { io, note } = scene;
    const refusal = Object.assign(new Error("not authorized"), { data: { code: "E_AUTH", retry: false } });
    io.of("/admin").use((_socket, next) => next(refusal));
    io.of("/plain").use((_socket, next) => next(new Error("plain")));
    // Recorded with a namespace that matched a pattern; on the wire there is no difference.
    io.of("/dyn-1").on("connection", (socket) => socket.emit("welcome", "/dyn-1"));
    io.on("connection", (socket) => note("server", "connection", { nsp: "/", auth: socket.handshake.auth }));
    const main = scene.client({ auth: { token: "secret", n: 1 } });
    await nextEvent(main, "connect");
    const withFunction = main.io.socket("/admin", {
      auth: (give: (auth: object) => void) => give({ fn: true }),
    });
    const [error] = await nextEvent<[any]>(withFunction, "connect_error");
    note("client", "connect_error /admin", {
      message: error.message,
      data: error.data,
      active: withFunction.active,
    });
    for (const name of ["/plain", "/unknown"]) {
      const [refused] = await nextEvent<[any]>(main.io.socket(name), "connect_error");
      note("client", `connect_error ${name}`, { message: refused.message, data: String(refused.data) });
    }
    const dynamic = main.io.socket("/dyn-1");
    note("client", "welcome", (await nextEvent(dynamic, "welcome"))[0]);
    const left = nextEvent(dynamic, "disconnect");
    io.of("/dyn-1").disconnectSockets();
    note("client", "disconnect /dyn-1", (await left)[0]);
    main.disconnect();
    await until(() => io.of("/").sockets.size === 0, "the last socket has left");
  },

  acks: async (scene) => {
    const { io, note } = scene;
    const client = scene.client();
    client.on("srv-ask", (n: number, answer: (n: number) => void) => answer(n + 1));
    client.on("srv-ask2", (x: string, answer: (...values: unknown[]) => void) => answer(x, null, { a: 1 }));
    client.on("all", (answer: (who: string) => void) => answer("me"));
    const [[socket]] = await Promise.all([
      nextEvent<[ServerSocket]>(io, "connection"),
      nextEvent(client, "connect"),
    ]);
    socket.on("ask", (n: number, answer: (...values: unknown[]) => void) => answer("got", n));
    note("server", "emitWithAck result", await socket.emitWithAck("srv-ask", 1));
    note(
      "client",
      "ack args",
      await new Promise((resolve) => client.emit("ask", 7, (...args: unknown[]) => resolve(args))),
    );
    note(
      "server",
      "ack args",
      await new Promise((resolve) => socket.emit("srv-ask2", "x", (...args: unknown[]) => resolve(args))),
    );
    note(
      "server",
      "broadcast responses",
      await new Promise((resolve) =>
        io.timeout(2_000).emit("all", (err: unknown, r: unknown) => resolve({ err, r })),
      ),
    );
    note("client", "emitWithAck", await client.emitWithAck("ask", 8));
    const [error] = await new Promise<[Error]>((resolve) =>
      client.timeout(20).emit("never", (...args: [Error]) => resolve(args)),
    );
    note("client", "timeout error", error.message);
    note(
      "client",
      "timeout ack args",
      await new Promise((resolve) =>
        client.timeout(2_000).emit("ask", 9, (...args: unknown[]) => resolve(args)),
      ),
    );
    await leave(client, socket);
  },

  "binary-websocket": binary,
  "binary-polling": binary,
  "binary-websocket-forceBase64": async (scene) => {
    const [client, socket] = await join(scene, (arrived) => answerBinary(scene, arrived));
    scene.note("client", "ack", await client.emitWithAck("bin", Buffer.from([1, 2, 3])));
    await leave(client, socket);
  },

  "server-disconnect-variants": async (scene) => {
    await disconnectedByServer(scene, false);
    await disconnectedByServer(scene, true);
  },
  "server-disconnect-true-polling": (scene) => disconnectedByServer(scene, true),

  "heartbeat-websocket": heartbeat,
  "heartbeat-polling": heartbeat,

  "maxpayload-batching": async (scene) => {
    let received = 0;
    const [client, socket] = await join(scene, (arrived) => {
      arrived.onAny(() => received++);
      arrived.on("disconnect", (reason) => scene.note("server", "disconnect", reason));
    });
    for (let n = 0; n < 6; n++) client.emit(`e${n}`, "x".repeat(30));
    await until(() => received === 6, "all events");
    await leave(client, socket);
  },

  "maxpayload-exceeded": async (scene) => {
    const [client, socket] = await join(scene);
    const left = nextEvent(socket, "disconnect");
    // Past emit, which refuses it in our client.
    client.io.engine.write(`2${JSON.stringify(["big", "x".repeat(300)])}`);
    const [reason, { message, description }] = await nextEvent<[string, any]>(client, "disconnect");
    scene.note("client", "disconnect", { reason, description: message, status: description });
    scene.note("server", "disconnect", (await left)[0]);
  },

  "msgpack-websocket": async (scene) => {
    const client = scene.client();
    const received = nextEvent(client, "srv");
    const [, socket] = await joinWith(scene, client, (arrived) => {
      arrived.emit("srv", 1, Buffer.from([1]));
      arrived.on("q", (values: unknown, answer: (value: object) => void) => {
        scene.note("server", "received", values);
        answer({ d: new Date(0) });
      });
    });
    scene.note("client", "received", await received);
    scene.note("client", "ack", await client.emitWithAck("q", [Buffer.from([2, 3]), null, -5]));
    await leave(client, socket);
  },

  multiplexing: async (scene) => {
    const { io } = scene;
    for (const name of ["/a", "/b"]) io.of(name);
    const main = scene.client();
    const [a, b] = [main.io.socket("/a"), main.io.socket("/b")];
    await Promise.all([main, a, b].map((socket) => nextEvent(socket, "connect")));
    const only = nextEvent(a, "only-a");
    io.of("/a").emit("only-a");
    await only;
    a.disconnect();
    await until(() => io.of("/a").sockets.size === 0, "/a is left");
    const again = nextEvent(a, "connect");
    a.connect();
    await again;
    a.disconnect();
    b.disconnect();
    main.disconnect();
    await until(() => io.sockets.sockets.size === 0, "the last socket has left");
  },

  "middleware-then-retry": async (scene) => {
    scene.io.use((socket, next) => {
      next(socket.handshake.auth["token"] === "ok" ? undefined : new Error("bad token"));
    });
    const client = scene.client({ auth: { token: "no" } });
    const [error] = await nextEvent<[Error]>(client, "connect_error");
    scene.note("client", "connect_error", error.message);
    client.auth = { token: "ok" };
    client.connect();
    await nextEvent(client, "connect");
    scene.note("client", "connect");
    client.disconnect();
    await until(() => scene.io.sockets.sockets.size === 0, "the socket has left");
  },

  recovery: async (scene) => {
    const { io, note } = scene;
    io.on("connection", (socket) => {
      const { recovered, rooms, data } = socket;
      note("server", "connection", { recovered, rooms: rooms.size, data });
      socket.on("disconnect", (reason) => note("server", "disconnect", reason));
    });
    const client = scene.client({ auth: { user: "u1" }, reconnectionDelay: 10 });
    client.on("connect", () => note("client", "connect", { recovered: client.recovered }));
    client.onAny((...event: unknown[]) => note("client", "event", event));
    const [, socket] = await joinWith(scene, client, (arrived) => {
      arrived.on("q", (answer: (value: string) => void) => answer("a"));
    });
    void socket.join("room");
    socket.data = { n: 1 };
    socket.emit("init", "first");
    io.to("room").emit("to-room", { x: 1 });
    socket.emit("no-string-end", 1);
    io.to(socket.id).emit("direct", "d");
    socket.emit("with-ack-no-offset", "d", () => undefined);
    await client.emitWithAck("q"); // its answer comes after them
    const again = await cut(scene, client, socket, () => {
      io.to("room").emit("missed-1", 1);
      io.to("room").emit("missed-2", "two");
      io.to("room").emit("missed-binary", Buffer.from([5]));
    });
    client.auth = { user: "u1", offset: "unknown-offset" };
    const last = await cut(scene, client, again);
    await leave(client, last);
  },
};
