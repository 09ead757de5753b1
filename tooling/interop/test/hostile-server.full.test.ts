/**
 * Input that no lawful client sends, to a live server: it is answered as specified, nothing escapes to the process,
 * and a neighbour on the same server notices nothing.
 */
import { connect } from "node:net";
import {
  bounded,
  BROKEN_UPGRADES,
  BROKEN_WEBSOCKET_FRAMES,
  exchange,
  exchangeRaw,
  nextEvent,
  ODD_SESSION_IDS,
  ODD_TARGETS,
  ODD_TRANSPORTS,
  PollingPeer,
  until,
} from "@telsiz/testkit";
import { describe, expect, it } from "vitest";
import { openMeeting } from "../src/meeting.ts";
import { ourClient, ourServer } from "../src/peers.ts";
import { WEBSOCKET_ENDPOINT, WebSocketPeer } from "../src/websocket-peer.ts";
import { HostileStage } from "./hostile-stage.ts";

const stage = new HostileStage();
stage.useHooks();
const { reasons } = stage;

const placeholder = (num: unknown): string => JSON.stringify({ _placeholder: true, num });

describe("a WebSocket", () => {
  it("reflects no long namespace name", async () => {
    const peer = await WebSocketPeer.join(stage.meeting.port);
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
    const joined = nextEvent<[any]>(stage.meeting.io, "connection");
    const peer = await WebSocketPeer.join(stage.meeting.port);
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

describe("broken WebSocket frames right behind the upgrade", () => {
  const upgrade = [
    `GET ${WEBSOCKET_ENDPOINT} HTTP/1.1`,
    ...["Host: localhost", "Connection: Upgrade", "Upgrade: websocket"],
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const request = Buffer.from(`${upgrade.join("\r\n")}\r\n\r\n`);

  it.each(BROKEN_WEBSOCKET_FRAMES)("ends the connection at %s", async (_what, hex) => {
    const frame = hex.replaceAll(" ", "");
    const all = Buffer.concat([request, Buffer.from(frame, "hex")]);
    expect(await bounded(exchangeRaw(stage.meeting.port, all), "the end")).toMatch(/^HTTP\/1.1 101 /);
    await until(() => stage.meeting.io.engine.clientsCount === 1, "only the neighbour is left");
  });

  it.each(BROKEN_UPGRADES)("refuses an upgrade %s", async (_what, lines) => {
    const head = [...upgrade.slice(0, 4), ...lines].join("\r\n");
    expect(await bounded(exchangeRaw(stage.meeting.port, `${head}\r\n\r\n`), "the answer")).toMatch(
      /^HTTP\/1.1 400 /,
    );
  });

  it.each([
    ["a good upgrade", request],
    ["a refused upgrade", Buffer.from(request.toString().replace("EIO=4", "EIO=4&sid=nobody"))],
    ["half an upgrade", request.subarray(0, 60)],
  ])("survives the reset of %s", async (_what, sent) => {
    for (let n = 0; n < 20; n++) {
      const socket = connect(stage.meeting.port, "127.0.0.1");
      await bounded(new Promise((resolve) => socket.once("connect", resolve)), "the connection");
      socket.write(sent, () => socket.resetAndDestroy());
      await bounded(new Promise((resolve) => socket.once("close", resolve)), "the reset");
    }
    await until(() => stage.meeting.io.engine.clientsCount === 1, "only the neighbour is left");
  });
});

describe("HTTP requests", () => {
  it.each(ODD_SESSION_IDS)("knows no session named %s", async (sid) => {
    const answer = await exchange(stage.meeting.port, {
      path: `/socket.io/?EIO=4&transport=polling&sid=${sid}`,
    });
    expect([answer.status, answer.body]).toEqual([400, '{"code":1,"message":"Session ID unknown"}']);
  });

  it.each(ODD_TRANSPORTS)("knows no transport named %s", async (transport) => {
    const answer = await exchange(stage.meeting.port, { path: `/socket.io/?EIO=4&transport=${transport}` });
    expect([answer.status, answer.body]).toEqual([400, '{"code":0,"message":"Transport unknown"}']);
  });

  it.each(["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])(
    "refuses the method %s in a session",
    async (method) => {
      const peer = await PollingPeer.join(stage.meeting.port);
      const path = `/socket.io/?EIO=4&transport=polling&sid=${peer.sid}`;
      expect((await exchange(stage.meeting.port, { method, path })).status).toBe(405);
      expect((await peer.post("1")).status).toBe(200);
    },
  );

  it.each(ODD_TARGETS)("answers the target %s", async (target) => {
    const raw = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    expect(
      await bounded(
        exchangeRaw(stage.meeting.port, raw, (answer) => answer.includes("\r\n\r\n")),
        target,
      ),
    ).toMatch(/^HTTP\/1.1 [24]\d\d /);
  });

  it("answers targets that are no URLs where it serves every path", async () => {
    const own = await openMeeting(ourServer, { path: "/" });
    const raw = "GET //[ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    expect(await bounded(exchangeRaw(own.port, raw), "the answer")).toMatch(/^HTTP\/1.1 400 /);
    await own.close();
  });

  it("takes a body of 140,000 packets in slices, in order", async () => {
    const joined = nextEvent<[any]>(stage.meeting.io, "connection");
    const peer = await PollingPeer.join(stage.meeting.port);
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
    await stage.neighbour.emitWithAck("echo", "between");
    const between = received;
    expect((await post).body).toBe("ok");
    expect(received).toBe(140_000);
    expect(between).toBeLessThan(140_000);
    await peer.post("1");
  });

  it("refuses a body that is too large, with its connection and its session", async () => {
    const peer = await PollingPeer.join(stage.meeting.port);
    const answer = await peer.post("4".repeat(1_000_001));
    expect([answer.status, answer.headers.connection]).toEqual([413, "close"]);
    expect((await peer.post("6")).status).toBe(400);
    expect(reasons).toEqual(["transport error"]);
  });

  it("ends a session that polls twice at a time", async () => {
    const peer = await PollingPeer.join(stage.meeting.port);
    const answers = await Promise.all([peer.poll(), peer.poll()]);
    const outcomes = answers.map(({ status, body }) => `${status} ${body}`).sort();
    expect(outcomes).toEqual(["200 1", "400 "]);
    expect(reasons).toEqual(["transport error"]);
  });

  it("ends a session whose poll or body is given up", async () => {
    const polling = await PollingPeer.join(stage.meeting.port);
    const { request, answer } = polling.startPoll();
    answer.catch(() => undefined);
    await until(() => request.socket?.connecting === false, "the poll has left");
    request.destroy();
    await until(() => reasons.length === 1, "the disconnection");
    const posting = await PollingPeer.join(stage.meeting.port);
    const target = `POST /socket.io/?EIO=4&transport=polling&sid=${posting.sid} HTTP/1.1`;
    const socket = connect(stage.meeting.port, "127.0.0.1");
    socket.write(`${target}\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n42["a`, () => socket.destroy());
    await until(() => reasons.length === 2, "the other disconnection");
    expect(reasons).toEqual(["transport error", "transport error"]);
  });

  it.each([
    ["two lengths", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a broken chunk", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["a header without end", `X-Long: ${"x".repeat(100_000)}\r\n\r\n`],
  ])("refuses a request with %s", async (_what, rest) => {
    const peer = await PollingPeer.join(stage.meeting.port);
    const target = `POST /socket.io/?EIO=4&transport=polling&sid=${peer.sid} HTTP/1.1`;
    const answer = await bounded(
      exchangeRaw(stage.meeting.port, `${target}\r\nHost: localhost\r\n${rest}`),
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
