/**
 * Functions of the application that fail, with real connections: the eleven ways in which they end a process that runs
 * Socket.IO (security.md A6), and the same on the client. Ours stays alive, reports the error, and nobody else notices.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { bounded, exchange, nextEvent, ProcessWatch, until } from "@telsiz/testkit";
import type { AckNotRequestedError } from "@telsiz/server";
import type { Server, ServerOptions, Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourClient, ourServer, stockClient, stockServer } from "../src/peers.ts";

const bug = new Error("a bug");
const websocket = { transports: ["websocket"], reconnection: false };

/** A function of the application that fails; listeners must not be typed to return promises. */
type Failure = () => unknown;

const throws: Failure = () => {
  throw bug;
};
const throwsLater: Failure = async () => {
  await Promise.resolve();
  throw bug;
};
const rejects: Failure = () => Promise.reject(bug);

/** What `handler_error` tells. */
interface Report {
  readonly error: unknown;
  readonly event: string;
}

const watch = new ProcessWatch();
let meeting: Meeting;
let neighbour: ClientSocket;
let reports: Report[];

beforeEach(() => {
  reports = [];
  watch.start();
});

afterEach(async () => {
  expect(await neighbour.timeout(4_000).emitWithAck("echo", "still here")).toBe("still here");
  await meeting.close();
  watch.stop();
  expect(watch.escaped).toEqual([]);
});

/** The next client fails, and the neighbour, who is there already, must not. */
async function openServer(options?: Partial<ServerOptions>): Promise<Server> {
  meeting = await openMeeting(ourServer, options, stockClient);
  const { io } = meeting;
  io.on("connection", (socket) => {
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
  });
  (io as unknown as Reporter).on("handler_error", (error, { event }) => reports.push({ error, event }));
  neighbour = (await meeting.pair({ transports: ["websocket"] })).client;
  return io;
}

/** What reports errors, in the types of the stock packages, which have no such event. */
interface Reporter {
  on(event: "handler_error", listener: (error: unknown, context: { event: string }) => void): void;
}

const reported = (event: string): Promise<void> =>
  until(() => reports.some((report) => report.event === event), `an error of "${event}" is reported`);

describe.each([
  ["throws", throws],
  ["throws after a wait", throwsLater],
] as const)("on the server, a namespace middleware that %s", (_how, fail) => {
  it("refuses the client without a word about why", async () => {
    const io = await openServer();
    io.use(fail);
    const [error] = await nextEvent<[Error]>(meeting.client(websocket), "connect_error");
    expect(error.message).toBe("Internal error");
    await reported("connection");
    expect(reports).toEqual([{ error: bug, event: "connection" }]);
  });
});

describe.each([
  ["throws", throws],
  ["throws after a wait", throwsLater],
] as const)("on the server, an `allowRequest` that %s", (_how, fail) => {
  it("refuses the handshake with 403", async () => {
    let failing = false;
    const allowRequest = (_request: unknown, answer: (error: null, accept: boolean) => void): unknown =>
      failing ? fail() : answer(null, true);
    await openServer({ allowRequest });
    failing = true;
    const answer = await exchange(meeting.port, { path: "/socket.io/?EIO=4&transport=polling" });
    expect(answer.status).toBe(403);
    await reported("allowRequest");
    expect(reports).toEqual([{ error: bug, event: "allowRequest" }]);
  });
});

describe.each([
  ["throws", throws],
  ["throws after a wait", throwsLater],
  ["returns a promise that rejects", rejects],
] as const)("on the server, a listener that %s", (_how, fail) => {
  it("is reported, and its client stays", async () => {
    await openServer();
    const { client, socket } = await meeting.pair(websocket);
    socket.on("save", fail);
    client.emit("save");
    await reported("save");
    expect(reports).toEqual([{ error: bug, event: "save" }]);
    expect(await client.timeout(4_000).emitWithAck("echo", 1)).toBe(1);
  });
});

describe("on the server, a listener that trusts its client", () => {
  it("is reported when it calls an acknowledgement that was not asked for", async () => {
    await openServer();
    const { client, socket } = await meeting.pair(websocket);
    socket.on("ask", (_question: string, answer: () => void) => answer());
    client.emit("ask", "how?");
    await reported("ask");
    const error = reports[0]!.error as AckNotRequestedError;
    expect(error.code).toBe("TELSIZ_ACK_NOT_REQUESTED");
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(client.connected).toBe(true);
  });

  it.each([
    ["as a catch-all listener", (socket: ServerSocket) => void socket.onAny((name: string) => name.length)],
    [
      "as a packet middleware",
      (socket: ServerSocket) => void socket.use(([name], next) => next(name.length ? undefined : bug)),
    ],
  ])("never sees an event without name and payload %s", async (_what, prepare) => {
    await openServer();
    const { client, socket } = await meeting.pair(websocket);
    prepare(socket);
    const gone = nextEvent(socket, "disconnect");
    sendText(client, "2");
    await gone;
    expect(reports).toEqual([]);
  });

  it("is reported when an `error` event that the client forged is not what it takes it for", async () => {
    await openServer();
    const { client, socket } = await meeting.pair(websocket);
    socket.on("error", (error: { message: { length: number } }) => error.message.length);
    client.emit("error");
    await reported("error");
    expect(reports).toEqual([{ error: expect.any(TypeError), event: "error" }]);
  });
});

it("prints the event's name and the stack once, when nobody listens", async () => {
  const { stderr, code } = await runProgram(`
    const socket = await joined();
    socket.on("save", function saveIt() { throw new Error("a bug"); });
    client.emit("save");
    await client.timeout(4000).emitWithAck("echo", 1);
  `);
  expect(stderr).toContain('A handler of "save" failed');
  expect(stderr.match(/Error: a bug\n\s+at \S*saveIt/g)).toHaveLength(1);
  expect(code).toBe(0);
  await openServer(); // for afterEach
}, 20_000);

it.each([
  ["throws", '() => { throw new Error("a bug"); }'],
  ["rejects", 'async () => { throw new Error("a bug"); }'],
])(
  "ends the process as with Socket.IO when a listener %s, if `handlerErrors` is `throw`",
  async (_how, listener) => {
    const { stderr, code } = await runProgram(
      `
      const socket = await joined();
      socket.on("save", ${listener});
      client.emit("save");
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      `,
      { handlerErrors: "throw" },
    );
    expect(stderr).toContain("Error: a bug");
    expect(code).toBe(1);
    await openServer(); // for afterEach
  },
  20_000,
);

describe("on the client", () => {
  let client: ClientSocket;
  let socket: ServerSocket;

  async function connect(options: object = {}): Promise<void> {
    meeting = await openMeeting(stockServer, {}, ourClient);
    meeting.io.on("connection", (one) => {
      one.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
    });
    neighbour = (await meeting.pair({ transports: ["websocket"] })).client;
    ({ client, socket } = await meeting.pair({ ...websocket, ...options }));
    (client.io as unknown as Reporter).on("handler_error", (error, { event }) =>
      reports.push({ error, event }),
    );
  }

  describe.each([
    ["throws", throws],
    ["throws after a wait", throwsLater],
    ["rejects", rejects],
  ] as const)("a function that %s", (_how, fail) => {
    const ways: Record<string, { event: string; act: () => void }> = {
      "a listener": {
        event: "news",
        act: () => {
          client.on("news", fail);
          socket.emit("news");
        },
      },
      "a catch-all listener": {
        event: "news",
        act: () => {
          client.onAny(fail);
          socket.emit("news");
        },
      },
      "a catch-all listener for what is sent": {
        event: "ask",
        act: () => {
          client.onAnyOutgoing(fail);
          client.emit("ask");
        },
      },
      "the callback of an acknowledgement": { event: "echo", act: () => void client.emit("echo", 1, fail) },
      "a listener of the engine": {
        event: "message",
        act: () => {
          client.io.engine.on("message", fail);
          socket.emit("news");
        },
      },
      "a listener of the manager": {
        event: "packet",
        act: () => {
          (client.io as unknown as ClientSocket).on("packet", fail);
          socket.emit("news");
        },
      },
    };

    it.each(Object.entries(ways))(
      "is reported as %s, and the connection stays",
      async (_what, { event, act }) => {
        await connect();
        act();
        await reported(event);
        expect(reports).toContainEqual({ error: bug, event });
        expect(reports.every((report) => report.error === bug)).toBe(true);
        expect(await client.timeout(4_000).emitWithAck("echo", 1)).toBe(1);
      },
    );

    it("is reported as `auth`, and another namespace connects", async () => {
      await connect();
      const other = (client.io as unknown as Sockets).socket("/other", { auth: fail });
      await reported("auth");
      expect(reports).toEqual([{ error: bug, event: "auth" }]);
      expect(other.connected).toBe(false);
      expect(client.connected).toBe(true);
    });

    it("is reported as a listener of the end, which comes all the same", async () => {
      await connect();
      client.on("disconnect", fail);
      const later = nextEvent(client, "disconnect");
      client.disconnect();
      await later;
      await reported("disconnect");
      expect(reports).toEqual([{ error: bug, event: "disconnect" }]);
    });
  });

  it("a listener that calls an acknowledgement that was not asked for is reported by name", async () => {
    await connect();
    client.on("ask", (_question: string, answer: () => void) => answer());
    socket.emit("ask", "how?");
    await reported("ask");
    expect((reports[0]!.error as AckNotRequestedError).code).toBe("TELSIZ_ACK_NOT_REQUESTED");
  });
});

/** A manager that makes sockets. */
interface Sockets {
  socket(nsp: string, options: object): ClientSocket;
}

/** Sends a message of the engine as it is. */
function sendText(client: ClientSocket, text: string): void {
  (client.io.engine as unknown as { send(text: string): void }).send(text);
}

/** Runs a program with a server of ours and a stock client that is connected to it, to its end. */
async function runProgram(
  body: string,
  options: object = {},
): Promise<{ stderr: string; code: number | null }> {
  const program = `
    import { createServer } from "node:http";
    import { once } from "node:events";
    import { Server } from "@telsiz/server";
    import { io as connect } from "socket.io-client";
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const server = new Server(http, ${JSON.stringify({ ...options, serveClient: false })});
    server.on("connection", (socket) => socket.on("echo", (value, answer) => answer(value)));
    const client = connect("http://127.0.0.1:" + http.address().port, { transports: ["websocket"] });
    const joined = () => new Promise((resolve) => server.on("connection", resolve));
    ${body}
    process.exit(0);
  `;
  const flags = ["--conditions=@telsiz/source", "--import", "tsx", "--input-type=module", "--eval", program];
  const child = spawn(process.execPath, flags, {
    cwd: import.meta.dirname,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await bounded(once(child, "close"), "the program to end", 15_000)) as [number | null];
  return { stderr, code };
}
