/**
 * Servers that say what no lawful server says, to our client: it becomes a connect_error or a disconnect with its
 * reason, nothing escapes to the process, attempts keep to the back-off, and a client beside it notices nothing.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type HttpPort, nextEvent, openHttpPort, ProcessWatch } from "@telsiz/testkit";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourClient, stockServer } from "../src/peers.ts";

const HANDSHAKE = {
  sid: "abc",
  upgrades: [],
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: 1_000_000,
};
const OPEN = `0${JSON.stringify(HANDSHAKE)}`;
const CONNECT = '40{"sid":"socket"}';

const watch = new ProcessWatch();
let meeting: Meeting;
let neighbour: ClientSocket;
let hostile: HttpPort;
let client: ClientSocket | undefined;

beforeAll(async () => {
  watch.start();
  meeting = await openMeeting(stockServer, {}, ourClient);
  meeting.io.on("connection", (socket) => {
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
  });
  neighbour = (await meeting.pair({ transports: ["websocket"] })).client;
});

afterEach(async () => {
  client?.disconnect();
  await hostile.close();
  expect(await neighbour.timeout(4_000).emitWithAck("echo", "still here")).toBe("still here");
  expect(watch.escaped).toEqual([]);
});

afterAll(async () => {
  await meeting.close();
  watch.stop();
});

/** A client that tries once. */
function tryOnce(transport: "websocket" | "polling"): ClientSocket {
  client = ourClient.connect(hostile.url, { forceNew: true, reconnection: false, transports: [transport] });
  return client;
}

/** A server that says `frames` to every WebSocket; the client's CONNECT is waited for after the first. */
async function speakFrames(frames: readonly (string | Buffer)[]): Promise<void> {
  hostile = await openHttpPort();
  const server = new WebSocketServer({ server: hostile.server });
  server.on("connection", (connection: WebSocket) => {
    const [first, ...rest] = frames;
    connection.on("error", () => undefined);
    connection.once("message", () => rest.forEach((frame) => connection.send(frame)));
    if (first !== undefined) connection.send(first);
  });
}

/** A server that answers the requests of a polling client one by one; the last answer stands for all later ones. */
async function answerPolls(answers: readonly ((response: ServerResponse) => void)[]): Promise<void> {
  let polls = 0;
  hostile = await openHttpPort((request: IncomingMessage, response) => {
    request.resume();
    if (request.method === "POST") return void response.end("ok");
    answers[Math.min(polls++, answers.length - 1)]!(response);
  });
}

const send =
  (body: string | Buffer, status = 200, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "text/plain; charset=UTF-8", ...headers });
    response.end(body);
  };

const withHandshake = (change: object): string => `0${JSON.stringify({ ...HANDSHAKE, ...change })}`;

const HANDSHAKES: readonly (readonly [string, string])[] = [
  ["is no JSON", "0{"],
  ["is empty", "0"],
  ["is null", "0null"],
  ["is a list", "0[]"],
  ["is a string", '0"sid"'],
  ["has no fields", "0{}"],
  ["has no sid", withHandshake({ sid: undefined })],
  ["has a number as sid", withHandshake({ sid: 7 })],
  ["has no upgrades", withHandshake({ upgrades: undefined })],
  ["has a string as upgrades", withHandshake({ upgrades: "websocket" })],
  ["has null as upgrades", withHandshake({ upgrades: null })],
  ["has no ping interval", withHandshake({ pingInterval: undefined })],
  ["has text as ping timeout", withHandshake({ pingTimeout: "soon" })],
];

describe.each(["websocket", "polling"] as const)("a handshake over %s", (transport) => {
  it.each(HANDSHAKES)("that %s is a connect_error", async (_what, handshake) => {
    if (transport === "websocket") await speakFrames([handshake]);
    else await answerPolls([send(handshake)]);
    const [error] = await nextEvent<[unknown]>(tryOnce(transport), "connect_error");
    expect(error).toBeInstanceOf(Error);
    expect(client!.connected).toBe(false);
  });

  it.each([
    ["negative", { pingInterval: -1, pingTimeout: -1 }],
    ["zero", { pingInterval: 0, pingTimeout: 0 }],
    ["endless", { pingInterval: 1e300, pingTimeout: 1e300 }],
  ])("with %s ping times neither ends nor spins the client at once", async (_what, change) => {
    if (transport === "websocket") await speakFrames([withHandshake(change), CONNECT]);
    else await answerPolls([send(withHandshake(change)), send(CONNECT), () => undefined]);
    tryOnce(transport);
    const outcome = await Promise.race([
      nextEvent(client!, "connect").then(() => "connect"),
      nextEvent(client!, "connect_error").then(() => "connect_error"),
    ]);
    // Refused or clamped: both keep the client alive.
    expect(["connect", "connect_error"]).toContain(outcome);
  });
});

describe("frames of a server", () => {
  const bytes = Buffer.from([1]);
  const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

  it.each([
    ["an event without payload", ["42"], "parse error"],
    ["a CONNECT_ERROR without payload", ["44"], "parse error"],
    ["an acknowledgement without payload", ["430"], "parse error"],
    ["half of a JSON text", ['42["a"'], "parse error"],
    ["an unknown packet type", ["49"], "parse error"],
    ["a reserved event", ['42["disconnect"]'], "parse error"],
    ["an object as event name", ['42[{"toString":1}]'], "parse error"],
    ["an event nested 5,000 levels deep", [`42["a",${nested(5_000)}]`], "parse error"],
    ["eleven attachments", ['4511-["a"]'], "parse error"],
    ["text in place of an attachment", ['451-["a",{"_placeholder":true,"num":0}]', '42["a"]'], "parse error"],
    ["a placeholder out of range", ['451-["a",{"_placeholder":true,"num":9}]', bytes], "parse error"],
    ["bytes without a packet", [bytes], "parse error"],
    ["an unknown engine packet", ["9"], "transport error"],
    ["an empty frame", [""], "transport error"],
  ] as const)("disconnect the client at %s", async (_what, frames, reason) => {
    await speakFrames([OPEN, CONNECT, ...frames]);
    const [actual, details] = await nextEvent<[string, unknown]>(tryOnce("websocket"), "disconnect");
    expect(actual).toBe(reason);
    expect(details).toBeInstanceOf(Error);
    expect([client!.connected, client!.active]).toEqual([false, true]);
  });

  it.each([
    ["a second open packet", OPEN],
    ["a close packet", "1"],
    ["an upgrade packet", "5"],
    ["a noop", "6"],
    ["a pong", "3"],
    ["an acknowledgement that nobody waits for", "4399[]"],
    ["an event of a namespace that the client has not joined", '42/other,["a"]'],
    ["a CONNECT_ERROR of a namespace that the client has not joined", '44/other,{"message":"x"}'],
    ["an event named like the prototype", '42["__proto__",{"__proto__":{"polluted":true}}]'],
    ["an event named like an inherited method", '42["toString"]'],
  ])("leave the client connected at %s", async (_what, frame) => {
    await speakFrames([OPEN, CONNECT, frame, '42["last"]']);
    await nextEvent(tryOnce("websocket"), "last");
    expect(client!.connected).toBe(true);
    expect(({} as any).polluted).toBeUndefined();
  });

  it("refuse the client at a CONNECT_ERROR of every shape", async () => {
    for (const payload of ['"text"', "{}", '{"message":7}', '{"message":null,"data":1}']) {
      await speakFrames([OPEN, `44${payload}`]);
      const [error] = await nextEvent<[unknown]>(tryOnce("websocket"), "connect_error");
      expect(error).toBeInstanceOf(Error);
      await hostile.close();
    }
  });

  it("tell the client of a server of version 2 what is wrong", async () => {
    await speakFrames([OPEN, "40"]);
    const [error] = await nextEvent<[Error]>(tryOnce("websocket"), "connect_error");
    expect(error.message).toMatch(/Socket\.IO 2/);
  });
});

describe("answers to a polling client", () => {
  it.each([
    ["an error status", [send("oops", 500)]],
    ["an empty body", [send("")]],
    ["a web page", [send("<html></html>", 200, { "content-type": "text/html" })]],
    ["a redirect", [send("", 302, { location: "/elsewhere" })]],
    ["bytes that are no text", [send(Buffer.from([0xff, 0xfe, 0x00]))]],
    ["a body in an encoding that it is not in", [send("0{}", 200, { "content-encoding": "gzip" })]],
    ["a cut connection", [(response: ServerResponse) => response.destroy()]],
    [
      "a connection cut within the body",
      [
        (response: ServerResponse) => {
          response.writeHead(200, { "content-length": "1000" });
          response.write("0{");
          setImmediate(() => response.destroy());
        },
      ],
    ],
  ])("fail the attempt at %s", async (_what, answers) => {
    await answerPolls(answers);
    const [error] = await nextEvent<[unknown]>(tryOnce("polling"), "connect_error");
    expect(error).toBeInstanceOf(Error);
  });

  it.each([
    ["a packet of unknown type", send("9")],
    ["an empty body", send("")],
    ["an empty packet", send('42["a"]\x1e')],
    ["an error status", send("gone", 500)],
    ["a session that is not known", send('{"code":1,"message":"Session ID unknown"}', 400)],
    ["the close packet", send("1")],
    ["half of a JSON text", send('42["a"')],
    ["a cut connection", (response: ServerResponse) => response.destroy()],
  ])("disconnect the client at %s", async (_what, answer) => {
    await answerPolls([send(OPEN), send(CONNECT), answer]);
    const [reason] = await nextEvent<[string]>(tryOnce("polling"), "disconnect");
    expect(["transport error", "transport close", "parse error"]).toContain(reason);
  });
});

describe("what is no WebSocket", () => {
  it.each([
    ["another protocol", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    [
      "a wrong key",
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
    ],
    ["nonsense", "nonsense\r\n\r\n"],
    ["nothing at all", ""],
  ])("fails the attempt at %s", async (_what, answer) => {
    hostile = await openHttpPort();
    hostile.server.on("upgrade", (_request: IncomingMessage, socket: Duplex) => socket.end(answer));
    const [error] = await nextEvent<[unknown]>(tryOnce("websocket"), "connect_error");
    expect(error).toBeInstanceOf(Error);
  });

  it.each([
    ["reserved bits", [0xf1, 0x00]],
    ["a masked frame", [0x81, 0x81, 0, 0, 0, 0, 0x34]],
    ["an unknown opcode", [0x83, 0x00]],
    ["text that is not UTF-8", [0x81, 0x02, 0xc3, 0x28]],
    ["a frame of 2^63 bytes", [0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0]],
  ])("disconnects the client at %s", async (_what, frame) => {
    hostile = await openHttpPort();
    const server = new WebSocketServer({ server: hostile.server });
    server.on("connection", (connection: any) => {
      connection.on("error", () => undefined);
      connection.send(OPEN);
      connection.once("message", () => {
        connection.send(CONNECT);
        connection._socket.write(Buffer.from(frame));
      });
    });
    const [reason] = await nextEvent<[string]>(tryOnce("websocket"), "disconnect");
    expect(["transport error", "transport close"]).toContain(reason);
  });
});

describe("a server that accepts and drops at once", () => {
  it.each(["websocket", "polling"] as const)(
    "is not asked faster than the back-off over %s",
    async (transport) => {
      let requests = 0;
      hostile = await openHttpPort((_request, response) => {
        requests++;
        response.destroy();
      });
      hostile.server.on("upgrade", (_request: IncomingMessage, socket: Duplex) => {
        requests++;
        socket.destroy();
      });
      client = ourClient.connect(hostile.url, {
        forceNew: true,
        transports: [transport],
        reconnectionDelay: 60_000,
        reconnectionDelayMax: 60_000,
      });
      await nextEvent(client, "connect_error");
      // Long enough for a client that does not wait.
      for (let n = 0; n < 20; n++) await neighbour.emitWithAck("echo", n);
      expect(requests).toBe(1);
      expect(client.active).toBe(true);
    },
  );
});
