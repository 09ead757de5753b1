/**
 * A server for hostile clients, with a neighbour on it. After each test, nothing has escaped to the process, the neighbour
 * is served, and the server's tables are as they were.
 */
import { ProcessWatch, until } from "@telsiz/testkit";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourClient, ourServer } from "../src/peers.ts";
import { countTables, holdsNoMore, type ServerTables } from "../src/server-tables.ts";

/** The stage of one test file. */
export class HostileStage {
  meeting!: Meeting; // assigned before the first test, as are the others
  neighbour!: ClientSocket;
  /** Why sockets of the main namespace left in this test. */
  readonly reasons: string[] = [];
  readonly #watch = new ProcessWatch();
  #before!: ServerTables;

  /** Opens it before the tests, looks at it after each, and closes it behind the last. */
  useHooks(): void {
    beforeAll(() => this.#open());
    afterEach(() => this.#check());
    afterAll(() => this.#close());
  }

  async #open(): Promise<void> {
    this.#watch.start();
    this.meeting = await openMeeting(ourServer, { maxHttpBufferSize: 1_000_000 }, ourClient);
    this.meeting.io.of("/admin");
    // What hostile input makes the listeners below throw is reported here, in place of being printed.
    this.meeting.io.on("handler_error" as "connection", () => undefined);
    this.meeting.io.on("connection", (socket) => {
      socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
      socket.on("disconnect", (reason) => this.reasons.push(reason));
    });
    this.neighbour = (await this.meeting.pair({ transports: ["websocket"] })).client;
    this.#before = countTables(this.meeting.io);
  }

  async #check(): Promise<void> {
    expect(await this.neighbour.emitWithAck("echo", "still here")).toBe("still here");
    expect(this.#watch.escaped).toEqual([]);
    await until(() => holdsNoMore(this.meeting.io, this.#before), "nothing of the client is left");
    this.reasons.length = 0;
  }

  async #close(): Promise<void> {
    await this.meeting.close();
    this.#watch.stop();
  }
}
