/** What the environment variable `DEBUG` has servers and clients print. */
import { nextEvent, until } from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { type ClientKind, ourClient, ourServer, stockClient } from "../src/peers.ts";

const lines: string[] = [];
let meeting: Meeting;

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(...String(text).trimEnd().split("\n"));
    return true;
  });
});

afterEach(async () => {
  await meeting.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A client comes, is in a room, asks something with bytes in it, and goes. */
async function visit(kind: ClientKind, transports: string[], options: object = {}): Promise<void> {
  meeting = await openMeeting(ourServer, { serveClient: false }, kind);
  meeting.io.of("/chat").on("connection", (socket) => {
    void socket.join("news");
    socket.on("size", (bytes: Buffer, reply: (size: number) => void) => reply(bytes.length));
  });
  const { client, socket } = await meeting.pair({ transports, ...options }, "/chat");
  await until(() => client.io.engine.transport.name === transports.at(-1), "the last transport");
  expect(await client.emitWithAck("size", Buffer.from("merhaba"))).toBe(7);
  const left = nextEvent(socket, "disconnect");
  client.disconnect();
  await left;
  await until(() => meeting.io.engine.clientsCount === 0, "the session to end");
}

/** The lines of an area, without what differs from run to run. */
function linesOf(area: string): readonly string[] {
  const [start, rest] = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, ` ${area} `];
  return lines
    .filter((line) => start.test(line) && line.includes(rest))
    .map((line) => line.slice(line.indexOf(rest) + rest.length))
    .map((line) => line.replace(/(?<![\w-])[\w-]{20}(?![\w-])/g, "ID").replace(/:\d{4,5}\//, ":PORT/"));
}

describe("a server", () => {
  it("tells of sessions, and how they move and end", async () => {
    vi.stubEnv("DEBUG", "telsiz:*");
    await visit(stockClient, ["polling", "websocket"]);
    expect(linesOf("telsiz:engine")).toEqual([
      "ID opened over polling from 127.0.0.1",
      "ID is about to move to websocket",
      "ID has moved to websocket",
      expect.stringMatching(/^ID closed: (?:transport close|forced close|client namespace disconnect)$/),
    ]);
  });

  it("tells of its packets, with as much of them as tells them apart", async () => {
    vi.stubEnv("DEBUG", "telsiz:*");
    await visit(stockClient, ["websocket"]);
    expect(linesOf("telsiz:engine:packets")).toEqual(
      expect.arrayContaining([
        "ID < message 0/chat,",
        'ID > message 0/chat,{"sid":"ID"}',
        'ID < message 51-/chat,0["size",{"_placeholder":true,"num":0}]',
        "ID < message (7 bytes)",
        "ID > message 3/chat,0[7]",
        "ID < message 1/chat,",
      ]),
    );
  });

  it("tells of namespaces, sockets and rooms", async () => {
    vi.stubEnv("DEBUG", "telsiz:server,telsiz:rooms");
    await visit(stockClient, ["websocket"]);
    expect(linesOf("telsiz:server")).toEqual([
      "/ is there",
      "/chat is there",
      "/chat ID has connected",
      "/chat ID has disconnected: client namespace disconnect",
    ]);
    expect(linesOf("telsiz:rooms")).toEqual(
      expect.arrayContaining([
        "/chat news is there",
        "/chat news joined by ID",
        "/chat news left by ID",
        "/chat news is empty",
      ]),
    );
    expect(linesOf("telsiz:engine")).toEqual([]);
  });

  it("tells whom it refuses", async () => {
    vi.stubEnv("DEBUG", "telsiz:engine");
    meeting = await openMeeting(ourServer);
    const answer = await fetch(`${meeting.url}/socket.io/?EIO=3&transport=polling`);
    expect(answer.status).toBe(400);
    expect(linesOf("telsiz:engine")).toEqual([
      expect.stringMatching(/^refused: Unsupported protocol version \{/),
    ]);
  });

  it("listens to nothing where nothing is wanted", async () => {
    vi.stubEnv("DEBUG", "express:*");
    await visit(stockClient, ["websocket"]);
    expect(lines).toEqual([]);
    expect(meeting.io.listenerCount("new_namespace")).toBe(0);
    expect(meeting.io.of("/").listenerCount("connection")).toBe(0);
  });
});

describe("a client", () => {
  it("tells where it connects, how that goes on, and its packets", async () => {
    vi.stubEnv("DEBUG", "telsiz:client*");
    await visit(ourClient, ["websocket"]);
    const packets = linesOf("telsiz:client:packets");
    expect(linesOf("telsiz:client")).toEqual([
      "127.0.0.1:PORT/ is connected to".replace("PORT/", "PORT/socket.io/"),
      expect.stringMatching(/opened as ID over websocket$/),
      expect.stringMatching(/closed: forced close$/),
    ]);
    expect(packets).toContain('ID > message 51-/chat,0["size",{"_placeholder":true,"num":0}]');
    expect(packets).toContain("ID > message (7 bytes)");
    expect(packets).toContain("ID < message 3/chat,0[7]");
  });

  it("tells why it cannot connect", async () => {
    vi.stubEnv("DEBUG", "telsiz:client");
    meeting = await openMeeting(ourServer, {}, ourClient);
    const client = meeting.client({ transports: ["polling"], path: "/nowhere", reconnection: false });
    await nextEvent(client, "connect_error");
    expect(linesOf("telsiz:client").at(-2)).toMatch(/failed: xhr poll error$/);
  });
});
