/** The recorded frames to a client, against the stock client to prove this replay, and against ours. */
import {
  type ClientReactionVector,
  describeValue,
  type HttpPort,
  Inbox,
  loadVectors,
  openHttpPort,
  planReplay,
  untag,
  until,
  type VectorPlan,
} from "@telsiz/testkit";
import type { Socket } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { ourClient, stockClient } from "../src/peers.ts";

/** What the client did. */
interface Outcome {
  events: unknown[];
  frames: string[];
  /** Whether the client closed the connection by itself. */
  closed: boolean;
  connected: boolean;
  active: boolean;
}

const HANDSHAKE = '0{"sid":"T","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';

/** Sent last, where the client is to stay connected: its arrival says that all before was taken. */
const LAST = '42["last"]';

/** @see VectorPlan */
export const clientReactionsPlan: VectorPlan<Partial<Outcome>> = {
  later: {},
  different: {
    "client-012": {
      reason: "security.md section 5, row 34: the parser's text, where theirs is a TypeError of their code",
      outcome: {
        events: [{ connect: "abc" }, { disconnect: "parse error", description: "unknown packet type NaN" }],
      },
    },
    "client-025": {
      reason: "protocol.md E (5), security.md section 5, row 33: a bad handshake is a connect_error",
      outcome: { events: [{ connect_error: expect.any(String) as string }], closed: true },
    },
  },
};

describe.each([stockClient, ourClient])("the recorded frames to $name", (kind) => {
  let script: ScriptedServer | undefined;
  let client: Socket | undefined;

  afterEach(async () => {
    client?.disconnect();
    await script?.close();
  });

  async function replay(vector: ClientReactionVector): Promise<Outcome> {
    script = await ScriptedServer.open(vector.handshake ?? HANDSHAKE);
    client = kind.connect(script.url, {
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: 60_000,
      ...vector.clientOptions,
    });
    const events = watch(client);
    await script.waitForConnect();
    for (const frame of vector.framesFromServer) {
      const before = events.length;
      script.send(untag(frame) as string | Buffer);
      // The stock client puts packets off to a later turn, where a fault in the next frame would overtake them.
      if (String(frame).startsWith("40"))
        await until(() => events.length > before, "the client is connected");
    }
    if (vector.connectedAfter) {
      script.send(LAST);
      await until(() => events.some(isLast), "the last event");
    } else await until(() => events.length >= expectedEvents(vector), "the client's reaction");
    // A client that stays is closed by the test; one that is to close does it by itself.
    if (!vector.connectedAfter) await script.waitForClose();
    return {
      events: events.filter((event) => !isLast(event)),
      frames: script.received,
      closed: script.closed,
      connected: client.connected,
      active: client.active,
    };
  }

  /** What arrives before the connection closes: a bad handshake is an event for ours. */
  function expectedEvents({ id, clientEvents }: ClientReactionVector): number {
    return id === "client-025" ? 1 : clientEvents.length;
  }

  // The stock client throws an uncaught exception at this entry.
  const later = { "client-025": "cannot be replayed with the stock client" };
  const plan = kind.ours ? clientReactionsPlan : { later, different: {} };
  const planned = planReplay(loadVectors("client-reactions"), ({ id }) => id, plan);

  it.each(planned.map((each) => [each.vector.id, each.vector.description, each] as const))(
    "%s: %s",
    async (_id, _description, { vector, different }) => {
      expect(await replay(vector)).toEqual({ ...recordedOutcome(vector), ...different?.outcome });
    },
  );
});

function watch(client: Socket): Record<string, unknown>[] {
  const events: Record<string, unknown>[] = [];
  client.on("connect", () => events.push({ connect: client.id }));
  client.on("connect_error", (error: any) => {
    events.push({ connect_error: error.message, ...(error.data === undefined ? {} : { data: error.data }) });
  });
  client.on("disconnect", (reason, details: any) => {
    const description: unknown = details instanceof Error ? details.message : undefined;
    events.push({ disconnect: reason, ...(description === undefined ? {} : { description }) });
  });
  client.io.on("error", (error) => {
    if (client.id !== undefined) events.push({ manager_error: error.message });
  });
  client.onAny((...args) => events.push({ event: describeValue(args) }));
  return events;
}

function isLast({ event }: Record<string, unknown>): boolean {
  return Array.isArray(event) && event[0] === "last";
}

function recordedOutcome(vector: ClientReactionVector): Outcome {
  const { clientEvents, framesFromClient, connectedAfter, activeAfter } = vector;
  return {
    // The recorder disconnected a client that stayed.
    events: clientEvents.filter(({ disconnect }) => disconnect !== "io client disconnect").map(untag),
    frames: framesFromClient.filter((frame) => typeof frame === "string"),
    closed: !connectedAfter,
    connected: connectedAfter,
    active: activeAfter,
  };
}

/** A server that says what it is told to. */
class ScriptedServer {
  readonly received: string[] = [];
  closed = false;
  readonly #port: HttpPort;
  readonly #server: WebSocketServer;
  readonly #connections = new Inbox<WebSocket>("a connection");
  #connection: WebSocket | undefined;

  constructor(port: HttpPort, handshake: string) {
    this.#port = port;
    this.#server = new WebSocketServer({ server: port.server });
    this.#server.on("connection", (connection) => {
      connection.on("message", (data: Buffer) => this.received.push(data.toString()));
      connection.on("close", () => (this.closed = true));
      connection.on("error", () => undefined);
      connection.send(handshake);
      this.#connections.put(connection);
    });
  }

  static async open(handshake: string): Promise<ScriptedServer> {
    return new ScriptedServer(await openHttpPort(), handshake);
  }

  get url(): string {
    return this.#port.url;
  }

  /** Waits until the client has asked for the main namespace, or has closed instead. */
  async waitForConnect(): Promise<void> {
    this.#connection = await this.#connections.take();
    await until(() => this.received.length > 0 || this.closed, "the client's CONNECT");
  }

  send(frame: string | Buffer): void {
    this.#connection!.send(frame);
  }

  waitForClose(): Promise<void> {
    return until(() => this.closed, "the client closes");
  }

  async close(): Promise<void> {
    this.#server.close();
    await this.#port.close();
  }
}
