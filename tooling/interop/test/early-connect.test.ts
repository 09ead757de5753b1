/** CONNECT that travels with the handshake: what crosses the wire, byte by byte (docs/wire.md), and what comes of it. */
import { readFileSync } from "node:fs";
import { exchange, nextEvent, splitPayload, until } from "@telsiz/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { EngineClient } from "@telsiz/engine/client";
import type { EngineServer } from "@telsiz/engine/server";
import type { Socket as ServerSocket } from "socket.io";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourClient, ourServer, stockClient, stockServer } from "../src/peers.ts";
import { WebSocketPeer } from "../src/websocket-peer.ts";

let meeting: Meeting;
afterEach(() => meeting.close());

/** Ids differ from run to run. */
const masked = (frame: unknown): string =>
  String(frame).replace(/"(sid|pid|offset)":"[^"]+"/g, (_match, name: string) => `"${name}":"…"`);

/** The packets that follow a handshake; `query` as in docs/wire.md. Over polling they have to be one payload. */
async function packetsOf(query: string, count: number): Promise<string[]> {
  const path = `/socket.io/${query}`;
  if (query.includes("polling")) {
    return splitPayload((await exchange(meeting.port, { path })).body).map(masked);
  }
  const peer = await WebSocketPeer.open(meeting.port, path);
  const frames: string[] = [];
  while (frames.length < count) frames.push(masked(await peer.frames.take()));
  peer.close();
  return frames;
}

/** The code blocks of the document. */
const vectors = readFileSync(new URL("../../../docs/wire.md", import.meta.url), "utf8")
  .split("```text\n")
  .slice(1)
  .map((block) => block.slice(0, block.indexOf("\n```")).split("\n"));

async function start(options: object = {}): Promise<void> {
  meeting = await openMeeting(ourServer, options);
  meeting.io.on("connection", (socket) => socket.emit("hello"));
  meeting.io.of("/news");
}

describe("on the wire", () => {
  it.each(vectors)("%s is answered as the document says", async (query, ...packets) => {
    await start();
    expect(await packetsOf(query, packets.length)).toEqual(packets);
  });

  describe.each(["polling", "websocket"])("over %s", (transport) => {
    const query = (namespace: string): string =>
      `?EIO=4&transport=${transport}&telsiz-connect=${encodeURIComponent(namespace)}`;

    it("is not shown to the application", async () => {
      await start();
      const arrived = nextEvent<[ServerSocket]>(meeting.io, "connection");
      await packetsOf(query("/"), 2);
      const { url, query: shown } = (await arrived)[0].handshake;
      expect(url).toContain("telsiz-connect");
      expect(shown).toEqual({ EIO: "4", transport });
    });

    it("is refused by a middleware", async () => {
      await start();
      meeting.io.use((_socket, next) => next(new Error("not you")));
      const [open, answer] = await packetsOf(query("/"), 2);
      expect([open, answer]).toEqual([expect.stringContaining('"connect":"/"'), '44{"message":"not you"}']);
    });

    it("gives a session to recover", async () => {
      await start({ connectionStateRecovery: {} });
      const packets = await packetsOf(query("/"), 3);
      expect(packets[1]).toBe('40{"sid":"…","pid":"…","offset":"…","received":0}');
    });

    it.each([
      ["an empty name", ""],
      ["a name with a control character", "/a\u001e"],
      ["a name that is too long", `/${"a".repeat(512)}`],
    ])("is passed over where it asks for %s", async (_what, namespace) => {
      await start();
      expect((await packetsOf(query(namespace), 1)).join()).not.toContain("connect");
      expect(meeting.io.sockets.sockets.size).toBe(0);
    });

    it("keeps to the limit on names that the server has", async () => {
      await start({ limits: { maxNamespaceLength: 4 } });
      expect((await packetsOf(query("/news"), 1)).join()).not.toContain("connect");
    });

    it("is nothing to an engine without namespaces", async () => {
      await start();
      (meeting.io.engine as unknown as EngineServer).greeting = undefined;
      expect((await packetsOf(query("/"), 1)).join()).not.toContain("connect");
      expect(meeting.io.sockets.sockets.size).toBe(0);
    });

    it("is passed over by Socket.IO", async () => {
      meeting = await openMeeting(stockServer);
      expect((await packetsOf(query("/"), 1)).join()).not.toContain("connect");
    });
  });
});

describe("what listeners see", () => {
  it("is a connection first, and then the socket, with the listeners of the connection in place", async () => {
    meeting = await openMeeting(ourServer, {}, ourClient);
    const seen: string[] = [];
    meeting.io.on("connection", (socket) => seen.push(`socket ${JSON.stringify(socket.handshake.auth)}`));
    meeting.io.engine.on(
      "connection",
      (conn: { on(event: string, listener: (packet: any) => void): void }) => {
        seen.push("connection");
        conn.on("packetCreate", ({ type, data }) => seen.push(`${type} ${masked(data)}`));
        conn.on("packet", ({ type, data }) => seen.push(`got ${type} ${String(data)}`));
      },
    );
    const client = meeting.client({});
    await nextEvent(client, "connect");
    client.emit("x");
    await until(() => seen.length > 3, "the event");
    expect(seen).toEqual(["connection", 'message 0{"sid":"…"}', "socket {}", 'got message 2["x"]']);
  });

  it("is one CONNECT for each socket, whoever asks and however", async () => {
    meeting = await openMeeting(ourServer, {}, ourClient);
    const joined: string[] = [];
    for (const nsp of ["/", "/a", "/b"]) {
      meeting.io.of(nsp).on("connection", (socket: ServerSocket) => {
        joined.push(`${socket.nsp.name} ${JSON.stringify(socket.handshake.auth)}`);
      });
    }
    const manager = ourClient.manage(meeting.url);
    const sockets = [manager.socket("/a"), manager.socket("/"), manager.socket("/b", { auth: { token: 1 } })];
    await Promise.all(sockets.map((socket) => nextEvent(socket, "connect")));
    expect(joined).toEqual(["/a {}", "/ {}", '/b {"token":1}']);
    for (const socket of sockets) socket.disconnect();
  });

  it("is answered late by a middleware that takes its time, on either transport", async () => {
    meeting = await openMeeting(ourServer, {}, ourClient);
    meeting.io.use((_socket, next) => void setImmediate(next));
    for (const transport of ["polling", "websocket"]) {
      const client = meeting.client({ transports: [transport] });
      await nextEvent(client, "connect");
      expect(client.id).toBe([...meeting.io.sockets.sockets.keys()].at(-1));
    }
  });

  it("never is a secret in an address", async () => {
    meeting = await openMeeting(ourServer, { connectionStateRecovery: {} }, ourClient);
    const urls: string[] = [];
    meeting.io.engine.on("initial_headers", (_headers: object, { url }: { url: string }) => urls.push(url));
    const open = meeting.client({});
    await nextEvent(open, "connect");
    open.io.engine.close();
    await nextEvent(open, "connect");
    await nextEvent(meeting.client({ auth: { token: "secret" } }), "connect");
    expect(urls.map((url) => url.includes("telsiz-connect=%2F"))).toEqual([true, false, false]);
    expect(urls.join()).not.toMatch(/pid|offset|secret/);
    expect(open.recovered).toBe(true);
  });

  it("is the same between Socket.IO and Telsiz as before", async () => {
    meeting = await openMeeting(stockServer, {}, ourClient);
    await nextEvent(meeting.client({}), "connect");
    await meeting.close();
    meeting = await openMeeting(ourServer, {}, stockClient);
    await nextEvent(meeting.client({}), "connect");
    expect(meeting.io.sockets.sockets.size).toBe(1);
  });

  it("is in `greeting` of an engine, and in the `handshake` event of its clients", async () => {
    meeting = await openMeeting(ourServer);
    (meeting.io.engine as unknown as EngineServer).greeting = () => ({ motd: "hello" });
    const client = new EngineClient(meeting.url, { path: "/socket.io", transports: ["websocket"] });
    const said = new Promise((resolve) => client.once("handshake", ({ motd }) => resolve(motd)));
    client.open();
    expect(await said).toBe("hello");
    client.close();
  });
});
