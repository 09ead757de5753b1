/** The reasons that a server's socket is given for its end, by what brings it about: both servers (api-surface.md 4). */
import { nextEvent, PollingPeer, until } from "@telsiz/testkit";
import type { ServerOptions, Socket } from "socket.io";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourServer, stockServer } from "../src/peers.ts";
import { WebSocketPeer } from "../src/websocket-peer.ts";

/** What brings the end about, and what it is called. */
interface Ending<Peer> {
  readonly cause: string;
  readonly reason: string;
  readonly options?: Partial<ServerOptions>;
  readonly act: (peer: Peer, socket: Socket, meeting: Meeting) => unknown;
}

const polls = (socket: Socket): Promise<void> =>
  until(() => socket.conn.transport.writable, "the server holds the poll");

/** What ends a connection over either transport. */
const COMMON: readonly Ending<WebSocketPeer | PollingPeer>[] = [
  {
    cause: "the server disconnects the socket",
    reason: "server namespace disconnect",
    act: (_peer, socket) => socket.disconnect(),
  },
  {
    cause: "the server disconnects the socket and its connection",
    reason: "server namespace disconnect",
    act: (_peer, socket) => socket.disconnect(true),
  },
  {
    cause: "the connection is closed",
    reason: "forced close",
    act: (_peer, socket) => socket.conn.close(true),
  },
  { cause: "the engine is closed", reason: "forced close", act: (_p, _s, { io }) => void io.engine.close() },
  { cause: "the server is closed", reason: "server shutting down", act: (_p, _s, { io }) => void io.close() },
  {
    cause: "no pong comes",
    reason: "ping timeout",
    options: { pingInterval: 20, pingTimeout: 20 },
    act: () => undefined,
  },
];

/** What a client sends, either way. */
const PACKETS: readonly [packet: string, cause: string, reason: string][] = [
  ["41", "the client leaves the namespace", "client namespace disconnect"],
  ["2", "the client sends a ping", "transport error"],
  ["9", "the client sends what is no packet of Engine.IO", "parse error"],
];

/** What is sent in violation of the protocol above the engine. */
const VIOLATIONS: readonly [packet: string, cause: string][] = [
  ["4nonsense", "the client sends what is no packet of Socket.IO"],
  ["40", "the client joins a second time"],
  ['44{"message":"no"}', "the client refuses a connection"],
  ['42/other,["a"]', "the client sends to a namespace that it has not joined"],
];

const OVER_WEBSOCKET: readonly Ending<WebSocketPeer>[] = [
  ...COMMON,
  ...PACKETS.map(([packet, cause, reason]) => ({
    cause,
    reason,
    act: (peer: WebSocketPeer) => peer.send(packet),
  })),
  ...VIOLATIONS.map(([packet, cause]) => ({
    cause,
    reason: "forced close",
    act: (peer: WebSocketPeer) => peer.send(packet),
  })),
  { cause: "the client closes the WebSocket", reason: "transport close", act: (peer) => peer.close() },
  { cause: "the connection is cut", reason: "transport close", act: (peer) => peer.terminate() },
  {
    cause: "the client violates the WebSocket protocol",
    reason: "transport error",
    act: (peer) => peer.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0])),
  },
  {
    cause: "a message is too long",
    reason: "transport error",
    options: { maxHttpBufferSize: 100 },
    act: (peer) => peer.send("4".repeat(200)),
  },
];

const OVER_POLLING: readonly Ending<PollingPeer>[] = [
  ...COMMON,
  ...PACKETS.map(([packet, cause, reason]) => ({
    cause,
    reason,
    act: (peer: PollingPeer) => peer.post(packet),
  })),
  {
    cause: "the client closes the session",
    reason: "transport close",
    act: (peer) => peer.post("1"),
  },
  // What is no packet at all the stock server tells its sockets of with the next poll.
  ...VIOLATIONS.slice(1).map(([packet, cause]) => ({
    cause: `${cause}, with no poll pending`,
    reason: "forced server close",
    act: (peer: PollingPeer) => peer.post(packet),
  })),
  ...VIOLATIONS.map(([packet, cause]) => ({
    cause: `${cause}, with a poll pending`,
    reason: "forced close",
    act: async (peer: PollingPeer, socket: Socket) => {
      peer.startPoll().answer.catch(() => undefined);
      await polls(socket);
      await peer.post(packet);
    },
  })),
  {
    cause: "a poll is given up",
    reason: "transport error",
    act: async (peer, socket) => {
      const poll = peer.startPoll();
      poll.answer.catch(() => undefined);
      await polls(socket);
      poll.request.destroy();
    },
  },
  {
    cause: "a body of bytes is sent",
    reason: "transport error",
    act: (peer) => peer.post("4x", { "content-type": "application/octet-stream" }),
  },
  {
    cause: "two polls are sent at once",
    reason: "transport error",
    act: async (peer, socket) => {
      peer.startPoll().answer.catch(() => undefined);
      await polls(socket);
      peer.startPoll().answer.catch(() => undefined);
    },
  },
];

describe.each([stockServer, ourServer])("a socket of $name is told", (kind) => {
  async function reasonOf<Peer>(
    { act, options }: Ending<Peer>,
    join: (port: number) => Promise<Peer>,
  ): Promise<string> {
    const meeting = await openMeeting(kind, options);
    onTestFinished(() => {
      // Closing the server alone would wait for polls that these peers never send.
      meeting.io.engine.close();
      return meeting.close();
    });
    const connected = nextEvent<[Socket]>(meeting.io, "connection");
    const ended = connected.then(([socket]) => nextEvent<[string]>(socket, "disconnect"));
    const peer = await join(meeting.port);
    const [socket] = await connected;
    await act(peer, socket, meeting);
    const [reason] = await ended;
    expect(meeting.io.sockets.sockets.size).toBe(0);
    return reason;
  }

  describe("over WebSocket", () => {
    it.each(OVER_WEBSOCKET)('"$reason" when $cause', async (ending) => {
      expect(await reasonOf(ending, (port) => WebSocketPeer.join(port))).toBe(ending.reason);
    });
  });

  describe("over polling", () => {
    it.each(OVER_POLLING)('"$reason" when $cause', async (ending) => {
      expect(await reasonOf(ending, (port) => PollingPeer.join(port))).toBe(ending.reason);
    });
  });
});
