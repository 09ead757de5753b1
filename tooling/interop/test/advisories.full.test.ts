/**
 * The published advisories about Socket.IO, about what it is made of, and about comparable servers, as far as they could
 * concern us: each with the input that it is about. docs/security.md has the table.
 */
import { connect } from "node:net";
import { randomId } from "@telsiz/engine/server";
import { Server } from "@telsiz/server";
import { bounded, exchange, exchangeRaw, PollingPeer, until } from "@telsiz/testkit";
import { describe, expect, it } from "vitest";
import { openMeeting } from "../src/meeting.ts";
import { ourServer } from "../src/peers.ts";
import { WEBSOCKET_ENDPOINT, WebSocketPeer } from "../src/websocket-peer.ts";
import { HostileStage } from "./hostile-stage.ts";

const stage = new HostileStage();
stage.useHooks();

const POLLING = "/socket.io/?EIO=4&transport=polling";
const placeholder = (num: unknown): string => JSON.stringify({ _placeholder: true, num });
const BYTES = Buffer.from([1]);

/** The head of a request for a WebSocket. */
function upgrade(...lines: string[]): string {
  const head = [
    `GET ${WEBSOCKET_ENDPOINT} HTTP/1.1`,
    ...["Host: localhost", "Connection: Upgrade", "Upgrade: websocket"],
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...lines,
  ];
  return `${head.join("\r\n")}\r\n\r\n`;
}

/** Sends bytes, and gives what comes back until the connection ends. */
const raw = (bytes: string | Buffer): Promise<string> =>
  bounded(exchangeRaw(stage.meeting.port, bytes), "the end of the connection");

/** Expects that a client that has joined and sends `frames` is closed. */
async function expectClosed(...frames: (string | Buffer)[]): Promise<void> {
  const peer = await WebSocketPeer.join(stage.meeting.port);
  peer.sendTogether(frames);
  await peer.waitForClose();
}

/** Joins the main namespace of a server that recovers sessions: the connection, and the id of its session. */
async function joinSession(port: number): Promise<[peer: WebSocketPeer, pid: string]> {
  const peer = await WebSocketPeer.openSession(port);
  peer.send("40");
  const { pid } = JSON.parse(String(await peer.frames.take()).slice(2)) as { pid: string };
  return [peer, pid];
}

describe("advisories about socket.io", () => {
  it("CVE-2017-16031 (GHSA-qv2v-m59f-v5fw): ids are random in each of their 20 characters", () => {
    const ids = Array.from({ length: 20_000 }, () => randomId());
    expect(new Set(ids).size).toBe(ids.length);
    for (let at = 0; at < 20; at++) expect(new Set(ids.map((id) => id[at])).size).toBe(64);
  });

  it("CVE-2020-28481 (GHSA-fxwf-4rqh-v8g3): no origin is allowed by default", async () => {
    const { headers } = await exchange(stage.meeting.port, {
      path: `${POLLING}&sid=none`,
      headers: { origin: "https://evil.example" },
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("CVE-2024-38355 (GHSA-25hc-qcg6-38wj): an event named error that nobody hears ends nothing", async () => {
    const peer = await WebSocketPeer.join(stage.meeting.port);
    peer.sendTogether(['42["error",{"message":"x"}]', '420["echo",1]']);
    expect(await peer.frames.take()).toBe("430[1]");
    peer.close();
  });

  it.each([true, false])(
    "socketio/socket.io#5491: who was banned meanwhile is not recovered (%j)",
    async (banned) => {
      const own = await openMeeting(ourServer, { connectionStateRecovery: {} });
      let isBanned = false;
      own.io.use((_socket, next) => next(isBanned ? new Error("banned") : undefined));
      const [first, pid] = await joinSession(own.port);
      first.terminate();
      await until(() => own.io.engine.clientsCount === 0, "the loss");
      isBanned = banned;
      const again = await WebSocketPeer.openSession(own.port);
      again.send(`40{"pid":"${pid}"}`);
      expect(await again.frames.take()).toMatch(
        banned ? /^44\{"message":"banned"/ : new RegExp(`"pid":"${pid}"`),
      );
      await own.close();
    },
  );

  it("CVE-2024-47764 (GHSA-pxg6-pf52-xh8x): the name of a cookie cannot hold another cookie", () => {
    expect(() => new Server({ cookie: { name: "a;b" } })).toThrow('Option "cookie"');
    expect(() => new Server({ cookie: { name: "a", path: "/;HttpOnly=0" } })).toThrow('Option "cookie"');
  });
});

describe("advisories about engine.io", () => {
  it("CVE-2020-36048 (GHSA-j4f2-536g-r55m): a body that is too large is refused by its length", async () => {
    const peer = await PollingPeer.open(stage.meeting.port);
    const target = `POST ${POLLING}&sid=${peer.sid} HTTP/1.1`;
    const answer = await bounded(
      exchangeRaw(stage.meeting.port, `${target}\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n`, (text) =>
        text.includes("\r\n\r\n"),
      ),
      "the answer",
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it.each(["f18000000000", "a18000000000", "918000000000"])(
    "CVE-2022-21676 (GHSA-273r-mgr4-v34f): the invalid frame %s right behind the upgrade",
    async (hex) => {
      expect(await raw(Buffer.concat([Buffer.from(upgrade()), Buffer.from(hex, "hex")]))).toMatch(
        /^HTTP\/1.1 101 /,
      );
    },
  );

  it("CVE-2022-41940 (GHSA-r7qp-cfhv-p84w): the reset of a refused upgrade", async () => {
    const socket = connect(stage.meeting.port, "127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    socket.write(upgrade().replace("EIO=4", "EIO=4&sid=nobody"), () => socket.resetAndDestroy());
    await bounded(closed, "the reset");
  });

  it.each(["toString", "__proto__", "constructor", "webtransport", "polling"])(
    "CVE-2023-31125 (GHSA-q9mw-68c2-j6m5): an upgrade with the transport %s",
    async (transport) => {
      const answer = await raw(upgrade().replace("transport=websocket", `transport=${transport}`));
      expect(answer).toMatch(/^HTTP\/1.1 (400|101) /);
    },
  );

  it.each(["toString", "__proto__"])(
    "own-property check of engine.io 6.3: no session is named %s",
    async (sid) => {
      const { status } = await exchange(stage.meeting.port, { path: `${POLLING}&sid=${sid}` });
      expect(status).toBe(400);
    },
  );
});

describe("advisories about socket.io-parser", () => {
  it("CVE-2020-36049 (GHSA-xfhh-g9f5-x4m4): a packet of a megabyte is read in one go", async () => {
    const peer = await WebSocketPeer.join(stage.meeting.port);
    peer.send(`420["echo","${"\\u0041".repeat(160_000)}"]`);
    expect(String(await peer.frames.take())).toHaveLength(160_000 + '430[""]'.length);
    peer.close();
  });

  it.each(["splice", "__proto__", 0.5, -1, 1e9, null])(
    "CVE-2022-2421 (GHSA-qm95-pgcg-qqfq): a placeholder of number %j",
    (num) => expectClosed(`451-["a",${placeholder(num)}]`, BYTES),
  );

  it.each(['{"toString":"foo"}', '{"toString":{}}', "[1]", "null", "true"])(
    "CVE-2023-32695 (GHSA-cqmj-92xf-r6r9): the event name %s",
    (name) => expectClosed(`42[${name}]`),
  );

  it.each([11, 1_000_000_000])("CVE-2026-33151 (GHSA-677m-j7p3-52f9): %d attachments", (count) =>
    expectClosed(`45${count}-["a"]`),
  );
});

describe("advisories about ws", () => {
  it("CVE-2016-10518 (GHSA-2mhh-w6q8-5hxw), CVE-2026-45736 (GHSA-58qx-3vcg-4xpx): frames hold what was given, and no more", async () => {
    const answer = await raw(
      Buffer.concat([
        Buffer.from(upgrade()),
        // A ping without payload, a ping of two bytes, and a close of 1000 whose reason is cut.
        Buffer.from("898000000000" + "898200000000aabb" + "88820000000003e8", "hex"),
      ]),
    );
    const frames = Buffer.from(answer.slice(answer.indexOf("\r\n\r\n") + 4), "latin1").toString("hex");
    expect(frames).toMatch(/8a008a02aabb880203e8$/);
  });

  it("CVE-2016-10542 (GHSA-6663-c963-2gqg): a message above the limit is refused by its header", async () => {
    const answer = await raw(
      Buffer.concat([Buffer.from(upgrade()), Buffer.from("82ff000000004000000000000000", "hex")]),
    );
    expect(Buffer.from(answer, "latin1").toString("hex")).toMatch(/880203f1$/); // 1009
  });

  it.each(["constructor", "__proto__", "toString; valueOf", "permessage-deflate; __proto__"])(
    "GHSA-5v72-xg48-5rpm: the extension %s is passed over",
    async (extension) => {
      const answer = bounded(
        exchangeRaw(stage.meeting.port, upgrade(`Sec-WebSocket-Extensions: ${extension}`), (text) =>
          text.includes("\r\n\r\n"),
        ),
        "the answer",
      );
      expect(await answer).toMatch(/^HTTP\/1.1 101 /);
      expect(await answer).not.toMatch(/extensions/i);
    },
  );

  it("CVE-2021-32640 (GHSA-6fc8-4gx4-v693): blanks between subprotocols", async () => {
    expect(await raw(upgrade(`Sec-WebSocket-Protocol: b${" ".repeat(8_000)}x`))).toMatch(/^HTTP\/1.1 400 /);
  });

  it("CVE-2024-37890 (GHSA-3h5v-q93c-6h6q): more headers than are read", async () => {
    const many = Array.from({ length: 2_100 }, (_, n) => `a${n}:`);
    const request = `GET ${WEBSOCKET_ENDPOINT} HTTP/1.1\r\n${many.join("\r\n")}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    expect(await raw(request)).toMatch(/^HTTP\/1.1 4\d\d /);
  });

  it.each([
    ["empty", "008000000000"],
    ["small", "00810000000034"],
  ])("CVE-2026-48779 (GHSA-96hv-2xvq-fx4p): a message in too many %s fragments", async (_what, fragment) => {
    const frames = Buffer.from(`01810000000034${fragment.repeat(17_000)}`, "hex");
    const answer = await raw(Buffer.concat([Buffer.from(upgrade()), frames]));
    expect(Buffer.from(answer, "latin1").toString("hex")).toMatch(/880203f0$/); // 1008
  });
});

describe("advisories about comparable servers", () => {
  it("CVE-2026-32689 (GHSA-628h-q48j-jr6q): a body of nothing but separators never becomes a list", async () => {
    const peer = await PollingPeer.join(stage.meeting.port);
    await peer.post("\x1e".repeat(900_000));
    expect((await peer.post("6")).status).toBe(400); // the first empty packet has ended the session
  });

  it.each(["https://evil-good.example", "https://good.example.evil.example", "https://goodXexample", "null"])(
    "CVE-2022-42975: the origin %s is not that of the list",
    async (origin) => {
      const own = await openMeeting(ourServer, {
        cors: { origin: ["https://good.example", /\.good\.example$/] },
      });
      const { status } = await exchange(own.port, { path: POLLING, headers: { origin } });
      expect(status).toBe(403);
      await own.close();
    },
  );

  it("CVE-2026-26130: attachments take no more than they may, together", async () => {
    const own = await openMeeting(ourServer, { maxHttpBufferSize: 2_000_000 });
    const peer = await WebSocketPeer.join(own.port);
    peer.send(`4510-["a",${Array.from({ length: 10 }, (_, n) => placeholder(n)).join(",")}]`);
    for (let n = 0; n < 9; n++) peer.send(Buffer.alloc(1_200_000));
    await peer.waitForClose();
    await own.close();
  });

  it("CVE-2026-56170: a lost session is resumed by one connection, however many ask for it", async () => {
    const own = await openMeeting(ourServer, { connectionStateRecovery: {} });
    const [first, pid] = await joinSession(own.port);
    const peers = await Promise.all([1, 2, 3].map(() => WebSocketPeer.openSession(own.port)));
    for (const peer of peers) peer.send(`40{"pid":"${pid}"}`);
    await until(() => own.io.sockets.sockets.size <= 2, "the elder ones are closed");
    const answers = await Promise.all(peers.map((peer) => peer.frames.take()));
    const ids = new Set(
      answers.map((answer) => (JSON.parse(String(answer).slice(2)) as { sid: string }).sid),
    );
    expect(ids.size).toBe(1); // one after another had it, each of which closed the one before
    first.terminate();
    await own.close();
  });

  it("CVE-2020-7693: an upgrade of another protocol on the path", async () => {
    const answer = await raw(upgrade().replace("Upgrade: websocket", "Upgrade: h2c"));
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });

  it("CVE-2020-8823: no callback is reflected", async () => {
    const { body } = await exchange(stage.meeting.port, {
      path: `${POLLING}&j=%3Cscript%3E&c=%3Cscript%3E&sid=none`,
    });
    expect(body).not.toContain("script");
  });

  it("uNetworking/uWebSockets#1497: two lengths of one request are refused", async () => {
    const request =
      "POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(await raw(request)).toMatch(/^HTTP\/1.1 400 /);
  });
});
