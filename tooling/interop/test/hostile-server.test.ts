/**
 * Input that no lawful client sends, to a live server: it is answered as specified, nothing escapes to the process,
 * and a neighbour on the same server notices nothing.
 */
import { connect } from "node:net";
import { bounded, exchange, exchangeRaw, nextEvent, PollingPeer, ProcessWatch, until } from "@telsiz/testkit";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourClient, ourServer } from "../src/peers.ts";
import { WEBSOCKET_ENDPOINT, WebSocketPeer } from "../src/websocket-peer.ts";

let meeting: Meeting;
let neighbour: ClientSocket;
const watch = new ProcessWatch();
const reasons: string[] = [];

beforeAll(async () => {
  watch.start();
  meeting = await openMeeting(ourServer, { maxHttpBufferSize: 1_000_000 }, ourClient);
  meeting.io.of("/admin");
  meeting.io.on("connection", (socket) => {
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
    socket.on("disconnect", (reason) => reasons.push(reason));
  });
  neighbour = (await meeting.pair({ transports: ["websocket"] })).client;
});

afterEach(async () => {
  expect(await neighbour.timeout(4_000).emitWithAck("echo", "still here")).toBe("still here");
  expect(watch.escaped).toEqual([]);
  reasons.length = 0;
});

afterAll(async () => {
  await meeting.close();
  watch.stop();
});

const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const placeholder = (num: unknown): string => JSON.stringify({ _placeholder: true, num });
const binaryEvent = (...nums: unknown[]): string => `451-["a",${nums.map(placeholder).join(",")}]`;
const bytes = Buffer.from([1]);

describe("frames on a joined WebSocket", () => {
  it.each([
    ["an unknown engine packet", ["7"], "parse error"],
    ["letters", ["abc"], "parse error"],
    ["an empty frame", [""], "parse error"],
    ["a ping, which only servers send", ["2"], "transport error"],
    ["the close packet", ["1"], "transport close"],
    ["a message without a packet", ["4"], "forced close"],
    ["an unknown packet type", ["49"], "forced close"],
    ["half of a JSON text", ['42["a"'], "forced close"],
    ["an object in place of an event", ['42{"a":1}'], "forced close"],
    ["an event without payload", ["42"], "forced close"],
    ["an event with an id and no payload", ["421"], "forced close"],
    ["an acknowledgement without payload", ["430"], "forced close"],
    ["an event without name", ["42[]"], "forced close"],
    ["an object as event name", ['42[{"toString":"x"}]'], "forced close"],
    ["null as event name", ["42[null]"], "forced close"],
    ["a reserved event name", ['42["disconnect","forged"]'], "forced close"],
    ["a negative id", ['42-1["a"]'], "forced close"],
    ["an id beyond the safe integers", ['429007199254740993["a"]'], "forced close"],
    ["an id of 100,000 digits", [`42${"9".repeat(100_000)}["a"]`], "forced close"],
    ["an event nested 5,000 levels deep", [`42["a",${nested(5_000)}]`], "forced close"],
    ["no count of attachments", ['45-["a"]'], "forced close"],
    ["no attachment at all", ['450-["a"]'], "forced close"],
    ["a count with a blank", ['45 1-["a"]'], "forced close"],
    ["a count with an exponent", ['451e0-["a"]'], "forced close"],
    ["a hexadecimal count", ['450x1-["a"]'], "forced close"],
    ["eleven attachments", ['4511-["a"]'], "forced close"],
    ["a billion attachments", ['451000000000-["a"]'], "forced close"],
    ["text in place of an attachment", [binaryEvent(0), '42["a"]'], "forced close"],
    ["bytes without a packet", [bytes], "forced close"],
    ["base64 without a packet", ["b!!!!"], "forced close"],
    ["a placeholder with a name for a number", [binaryEvent("splice"), bytes], "forced close"],
    ["a placeholder with a fraction", [binaryEvent(0.5), bytes], "forced close"],
    ["a placeholder out of range", [binaryEvent(1), bytes], "forced close"],
    ["one attachment in many places", [binaryEvent(0, 0, 0), bytes], "forced close"],
    ["an attachment in no place", ['451-["a"]', bytes], "forced close"],
    ["a second CONNECT", ["40"], "forced close"],
    ["20,000 CONNECTs", Array.from({ length: 20_000 }, () => "40"), "forced close"],
    ["a CONNECT_ERROR", ['44{"message":"x"}'], "forced close"],
    ["an event for a namespace that is not joined", ['42/admin,["a"]'], "forced close"],
    ["an auth nested 50,000 levels deep", [`40/admin,{"a":${nested(50_000)}}`], "forced close"],
    ["an auth that is a list", ["40/admin,[]"], "forced close"],
    ["a namespace name of 900 kilobytes", [`40/${"n".repeat(900_000)},`], "forced close"],
    ["a namespace name with a control character", ["40/a\u0000b,"], "forced close"],
    ["a message larger than the limit", [`42["${"x".repeat(1_000_001)}"]`], "transport error"],
  ] as const)("closes the connection at %s", async (_what, frames, reason) => {
    const peer = await WebSocketPeer.join(meeting.port);
    peer.sendTogether(frames);
    await peer.waitForClose();
    await until(() => reasons.length > 0, "the disconnection");
    expect(reasons).toEqual([reason]);
    await until(() => meeting.io.sockets.sockets.size === 1, "only the neighbour is left");
  });

  it.each([
    ["an open packet", "0"],
    ["an upgrade packet", "5"],
    ["a noop", "6"],
    ["a pong that nobody asked for", "3"],
    ["an acknowledgement that nobody waits for", "4399[1]"],
    ["an event named error that nobody hears", '42["error"]'],
    ["an event named error with a lie", '42["error",{"message":null,"stack":1}]'],
    ["an event named like the prototype", '42["__proto__",{"__proto__":{"polluted":true}}]'],
    ["events named like inherited methods", '42["toString"]'],
    ["an event named constructor", '42["constructor","x"]'],
    ["a number as event name", "42[7]"],
    ["a CONNECT to a namespace that is not there", "40/nowhere,"],
  ])("keeps the connection at %s", async (_what, frame) => {
    const peer = await WebSocketPeer.join(meeting.port);
    peer.send(frame);
    peer.send('420["echo","x"]');
    let answer: unknown;
    do answer = await peer.frames.take();
    while (answer !== '430["x"]');
    expect(({} as any).polluted).toBeUndefined();
    peer.close();
    await peer.waitForClose();
  });

  it("reflects no long namespace name", async () => {
    const peer = await WebSocketPeer.join(meeting.port);
    peer.send(`40/${"n".repeat(600)},`);
    await peer.waitForClose();
    expect(peer.frames.waiting).toEqual([]);
  });

  it("holds no more than ten megabytes of attachments of one packet", async () => {
    const own = await openMeeting(ourServer, { maxHttpBufferSize: 2_000_000 });
    const peer = await WebSocketPeer.join(own.port);
    peer.send(`4510-["a",${Array.from({ length: 10 }, (_, n) => placeholder(n)).join(",")}]`);
    for (let n = 0; n < 9; n++) peer.send(Buffer.alloc(1_200_000));
    expect(await peer.waitForClose()).toBe(1005);
    await own.close();
  });

  it("tells an error listener what was wrong with a packet", async () => {
    const joined = nextEvent<[any]>(meeting.io, "connection");
    const peer = await WebSocketPeer.join(meeting.port);
    const error = nextEvent<[Error]>((await joined)[0], "error");
    peer.send('4511-["a"]');
    expect((await error)[0].message).toBe("too many attachments");
    await peer.waitForClose();
  });
});

describe("a client that answers no ping", () => {
  it("is cut though it sends pongs that nobody asked for", async () => {
    const own = await openMeeting(ourServer, { pingInterval: 150, pingTimeout: 150 });
    const left = new Promise((resolve) => {
      own.io.on("connection", (socket) => socket.on("disconnect", resolve));
    });
    const peer = await WebSocketPeer.join(own.port);
    // Each before the ping it could answer: the first is sent at once, the others in answer to nothing.
    for (let n = 0; n < 100; n++) peer.send("3");
    expect(await bounded(left, "the ping timeout")).toBe("ping timeout");
    await own.close();
  });
});

describe("frames before anything is joined", () => {
  it.each([
    ["an event", '42["a"]'],
    ["an acknowledgement", "430[]"],
    ["a DISCONNECT", "41"],
    ["nonsense", "4nonsense"],
    ["bytes", bytes],
  ])("closes the connection at %s", async (_what, frame) => {
    const peer = await WebSocketPeer.openSession(meeting.port);
    peer.send(frame);
    expect(await peer.waitForClose()).toBe(1005);
  });
});

describe("broken WebSocket frames right behind the upgrade", () => {
  const upgrade = [
    `GET ${WEBSOCKET_ENDPOINT} HTTP/1.1`,
    ...["Host: localhost", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"],
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const request = Buffer.from(`${upgrade.join("\r\n")}\r\n\r\n`);

  it.each([
    ["reserved bits", [0xf1, 0x80, 0, 0, 0, 0]],
    ["no mask", [0x81, 0x01, 0x34]],
    ["an unknown opcode", [0x83, 0x80, 0, 0, 0, 0]],
    ["a control frame that is too long", [0x89, 0xfe, 0xff, 0xff, 0, 0, 0, 0]],
    ["text that is not UTF-8", [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]],
    ["a length of 2^63", [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["a continuation of nothing", [0x80, 0x80, 0, 0, 0, 0]],
  ])("ends the connection at %s", async (_what, frame) => {
    const all = Buffer.concat([request, Buffer.from(frame)]);
    expect(await bounded(exchangeRaw(meeting.port, all), "the end")).toMatch(/^HTTP\/1.1 101 /);
    await until(() => meeting.io.engine.clientsCount === 1, "only the neighbour is left");
  });

  it.each([
    ["a good upgrade", request],
    ["a refused upgrade", Buffer.from(request.toString().replace("EIO=4", "EIO=4&sid=nobody"))],
    ["half an upgrade", request.subarray(0, 60)],
  ])("survives the reset of %s", async (_what, sent) => {
    for (let n = 0; n < 20; n++) {
      const socket = connect(meeting.port, "127.0.0.1");
      await bounded(new Promise((resolve) => socket.once("connect", resolve)), "the connection");
      socket.write(sent, () => socket.resetAndDestroy());
      await bounded(new Promise((resolve) => socket.once("close", resolve)), "the reset");
    }
    await until(() => meeting.io.engine.clientsCount === 1, "only the neighbour is left");
  });
});

describe("HTTP requests", () => {
  it.each(["__proto__", "toString", "constructor", "hasOwnProperty", "%00", "a".repeat(2_000)])(
    "knows no session named %s",
    async (sid) => {
      const answer = await exchange(meeting.port, { path: `/socket.io/?EIO=4&transport=polling&sid=${sid}` });
      expect([answer.status, answer.body]).toEqual([400, '{"code":1,"message":"Session ID unknown"}']);
    },
  );

  it.each(["__proto__", "toString", "constructor", "", "polling,websocket", "webtransport", "POLLING"])(
    "knows no transport named %s",
    async (transport) => {
      const answer = await exchange(meeting.port, { path: `/socket.io/?EIO=4&transport=${transport}` });
      expect([answer.status, answer.body]).toEqual([400, '{"code":0,"message":"Transport unknown"}']);
    },
  );

  it.each(["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])(
    "refuses the method %s in a session",
    async (method) => {
      const peer = await PollingPeer.join(meeting.port);
      const path = `/socket.io/?EIO=4&transport=polling&sid=${peer.sid}`;
      expect((await exchange(meeting.port, { method, path })).status).toBe(405);
      expect((await peer.post("1")).status).toBe(200);
    },
  );

  it.each(["//[", "/socket.io/?%", "/socket.io/?EIO=%4&transport=polling&%ff=%", "*", "http://[/socket.io/"])(
    "answers the target %s",
    async (target) => {
      const raw = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      expect(
        await bounded(
          exchangeRaw(meeting.port, raw, (answer) => answer.includes("\r\n\r\n")),
          target,
        ),
      ).toMatch(/^HTTP\/1.1 [24]\d\d /);
    },
  );

  it("answers targets that are no URLs where it serves every path", async () => {
    const own = await openMeeting(ourServer, { path: "/" });
    const raw = "GET //[ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    expect(await bounded(exchangeRaw(own.port, raw), "the answer")).toMatch(/^HTTP\/1.1 400 /);
    await own.close();
  });

  it("takes a body of 140,000 packets in slices, in order", async () => {
    const joined = nextEvent<[any]>(meeting.io, "connection");
    const peer = await PollingPeer.join(meeting.port);
    const [socket] = await joined;
    let received = 0;
    socket.onAny(() => received++);
    const post = peer.post(
      Array.from({ length: 140_000 }, () => '42[""]')
        .join("\x1e")
        .slice(0, 979_999),
    );
    // The neighbour is served in between: its answer comes before the last packet was taken.
    await until(() => received > 0, "the first packet");
    await neighbour.emitWithAck("echo", "between");
    const between = received;
    expect((await post).body).toBe("ok");
    expect(received).toBe(140_000);
    expect(between).toBeLessThan(140_000);
    await peer.post("1");
  });

  it("refuses a body that is too large, with its connection and its session", async () => {
    const peer = await PollingPeer.join(meeting.port);
    const answer = await peer.post("4".repeat(1_000_001));
    expect([answer.status, answer.headers.connection]).toEqual([413, "close"]);
    expect((await peer.post("6")).status).toBe(400);
    expect(reasons).toEqual(["transport error"]);
  });

  it("ends a session that polls twice at a time", async () => {
    const peer = await PollingPeer.join(meeting.port);
    const answers = await Promise.all([peer.poll(), peer.poll()]);
    const outcomes = answers.map(({ status, body }) => `${status} ${body}`).sort();
    expect(outcomes).toEqual(["200 1", "400 "]);
    expect(reasons).toEqual(["transport error"]);
  });

  it("ends a session whose poll or body is given up", async () => {
    const polling = await PollingPeer.join(meeting.port);
    const { request, answer } = polling.startPoll();
    answer.catch(() => undefined);
    await until(() => request.socket?.connecting === false, "the poll has left");
    request.destroy();
    await until(() => reasons.length === 1, "the disconnection");
    const posting = await PollingPeer.join(meeting.port);
    const target = `POST /socket.io/?EIO=4&transport=polling&sid=${posting.sid} HTTP/1.1`;
    const socket = connect(meeting.port, "127.0.0.1");
    socket.write(`${target}\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n42["a`, () => socket.destroy());
    await until(() => reasons.length === 2, "the other disconnection");
    expect(reasons).toEqual(["transport error", "transport error"]);
  });

  it.each([
    ["two lengths", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a broken chunk", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["a header without end", `X-Long: ${"x".repeat(100_000)}\r\n\r\n`],
  ])("refuses a request with %s", async (_what, rest) => {
    const peer = await PollingPeer.join(meeting.port);
    const target = `POST /socket.io/?EIO=4&transport=polling&sid=${peer.sid} HTTP/1.1`;
    const answer = await bounded(
      exchangeRaw(meeting.port, `${target}\r\nHost: localhost\r\n${rest}`),
      "the end",
    );
    expect(answer).toMatch(/^(HTTP\/1.1 4\d\d |$)/);
    await peer.post("1");
  });
});

describe("failures of the application that a client brings about", () => {
  it("reports what handlers throw or reject, and serves on", async () => {
    const own = await openMeeting(ourServer, {}, ourClient);
    const reported: string[] = [];
    (own.io as any).on("handler_error", (error: Error) => reported.push(error.message));
    own.io.use((socket, next) => {
      if (socket.handshake.auth["as"] === "thrower") throw new Error("thrown in a middleware");
      next();
    });
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- an application may do so
    own.io.use(async (socket, next) => {
      await Promise.resolve();
      if (socket.handshake.auth["as"] === "rejecter") throw new Error("rejected in a middleware");
      next();
    });
    own.io.on("connection", (socket) => {
      socket.on("throw", () => {
        throw new Error("thrown in a listener");
      });
      socket.on("reject", () => Promise.reject(new Error("rejected in a listener")));
      socket.on("ask", (answer: () => void) => answer());
      socket.on("ok", (answer: () => void) => answer());
    });
    for (const as of ["thrower", "rejecter"]) {
      const refused = own.client({ auth: { as }, transports: ["websocket"] });
      expect((await nextEvent<[Error]>(refused, "connect_error"))[0].message).toBe("Internal error");
    }
    const { client } = await own.pair({ transports: ["websocket"] });
    client.emit("throw");
    client.emit("reject");
    client.emit("ask"); // no acknowledgement was asked for
    await client.timeout(4_000).emitWithAck("ok");
    expect(reported).toEqual([
      "thrown in a middleware",
      "rejected in a middleware",
      "thrown in a listener",
      expect.stringContaining("answer is not a function") as string,
      "rejected in a listener",
    ]);
    await own.close();
  });

  it.each([
    [
      "throws",
      (): void => {
        throw new Error("no");
      },
    ],
    ["rejects", (): Promise<void> => Promise.reject(new Error("no"))],
  ])("refuses a handshake whose allowRequest %s", async (_what, allowRequest) => {
    const own = await openMeeting(ourServer, { allowRequest });
    const { status, body } = await exchange(own.port, { path: "/socket.io/?EIO=4&transport=polling" });
    expect([status, body]).toEqual([403, '{"code":4,"message":"Forbidden"}']);
    await own.close();
  });
});
