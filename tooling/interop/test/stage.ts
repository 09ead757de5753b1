/** Where the tests of one pairing over one transport play: each gets a server, and has the clients it asks for. */
import { nextEvent } from "@telsiz/testkit";
import type { Server, ServerOptions, Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterEach, beforeEach, describe } from "vitest";
import { type Meeting, openMeeting, type Pair } from "../src/meeting.ts";
import { type ClientOptions, type Pairing, TRANSPORT_CHOICES, type TransportChoice } from "../src/peers.ts";
import type { Side } from "../src/side.ts";

/** What every test of a pairing over a transport has. */
export interface Stage {
  readonly pairing: Pairing;
  readonly choice: TransportChoice;
  readonly transports: ("polling" | "websocket")[];
  /** The server of the running test, and its clients. */
  readonly meeting: Meeting;
  /** The server of the running test. */
  readonly io: Server;
  /** Closes the server of the test for one with options. */
  reopen(options: Partial<ServerOptions>): Promise<void>;
  /** A client that is connected, and the server's side of it. */
  connect(options?: ClientOptions, nsp?: string): Promise<Pair>;
  /** A client of a namespace that is not there before it. */
  connectVia(parent: ReturnType<Server["of"]>, nsp: string, options?: ClientOptions): Promise<Pair>;
  /** A client that may not get a connection. */
  unconnected(options?: ClientOptions, nsp?: string): ClientSocket;
}

/** Opens a server before each test of the suite and closes it after. */
export function useStage(pairing: Pairing, choice: TransportChoice): Stage {
  const transports = [...TRANSPORT_CHOICES[choice]];
  let meeting: Meeting;

  async function open(options?: Partial<ServerOptions>): Promise<void> {
    meeting = await openMeeting(pairing.server, options, pairing.client);
  }

  beforeEach(() => open());
  afterEach(() => meeting.close());

  const unconnected = (options?: ClientOptions, nsp = "/"): ClientSocket =>
    meeting.client({ transports, ...options }, meeting.url + nsp);

  return {
    pairing,
    choice,
    transports,
    get meeting() {
      return meeting;
    },
    get io() {
      return meeting.io;
    },
    async reopen(options) {
      await meeting.close();
      await open(options);
    },
    connect: (options, nsp) => meeting.pair({ transports, ...options }, nsp),
    async connectVia(parent, nsp, options) {
      const joined = nextEvent<[ServerSocket]>(parent, "connection");
      const client = unconnected(options, nsp);
      const [[socket]] = await Promise.all([joined, nextEvent(client, "connect")]);
      return { client, socket };
    },
    unconnected,
  };
}

/** The same tests once from client to server and once from server to client. @param tests get both sides, sender first */
export function inBothDirections(stage: Stage, tests: (sides: () => Promise<[Side, Side]>) => void): void {
  describe.each([
    ["client to server", ({ client, socket }: Pair): [Side, Side] => [client, socket]],
    ["server to client", ({ client, socket }: Pair): [Side, Side] => [socket, client]],
  ])("from %s", (_name, direct) => {
    tests(async () => direct(await stage.connect()));
  });
}
