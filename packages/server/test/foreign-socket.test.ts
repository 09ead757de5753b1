import { InMemoryAdapter, type SocketDetails } from "@telsiz/adapter";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  AckTimeoutError,
  BroadcastTimeoutRequiredError,
  DisconnectedError,
  ReservedEventError,
  type RemoteSocket,
  Server,
} from "../src/index.ts";

/** Finds one socket, of another server; that server has this many clients of that id. */
class Elsewhere extends InMemoryAdapter {
  static latest: Elsewhere;
  static clients = 1;
  static answers: unknown[][] = [];
  readonly sent: unknown[][] = [];

  constructor(...args: ConstructorParameters<typeof InMemoryAdapter>) {
    super(...args);
    Elsewhere.latest = this;
  }

  override fetchSockets(): Promise<SocketDetails[]> {
    const details = { id: "far", handshake: { url: "/x" }, rooms: ["far", "a"], data: { name: "Ada" } };
    return Promise.resolve([details as unknown as SocketDetails]); // a list of rooms, as adapters for Socket.IO give it
  }

  override broadcast(...args: unknown[]): void {
    this.sent.push(args);
  }

  override broadcastWithAck(
    ...[packet, options, onClientCount, onAnswer]: Parameters<InMemoryAdapter["broadcastWithAck"]>
  ): void {
    this.sent.push([packet, options]);
    onClientCount(Elsewhere.clients);
    for (const values of Elsewhere.answers) onAnswer(...values);
  }
}

let adapter: Elsewhere;
let remote: RemoteSocket<any, any>;

beforeEach(async () => {
  Elsewhere.clients = 1;
  Elsewhere.answers = [];
  const io = new Server({ adapter: Elsewhere });
  adapter = Elsewhere.latest;
  [remote] = (await io.fetchSockets()) as [RemoteSocket<any, any>];
});

describe("a socket of another server", () => {
  it("has what was known of it when it was fetched", () => {
    expect(remote).toMatchObject({ id: "far", handshake: { url: "/x" }, data: { name: "Ada" } });
    expect(remote.rooms).toEqual(new Set(["far", "a"]));
  });

  it("gets events as a room of its own", () => {
    expect(remote.emit("hello", 1)).toBe(true);
    expect(remote.timeout(5).emit("hello", 2)).toBe(true);
    const options = { rooms: new Set(["far"]), except: new Set(), flags: {} };
    expect(adapter.sent).toEqual([
      [{ type: 2, nsp: "/", data: ["hello", 1] }, options],
      [{ type: 2, nsp: "/", data: ["hello", 2] }, options],
    ]);
  });

  it("gives its answer, and only the first value and the first one", async () => {
    Elsewhere.answers = [[1, 2], [3]];
    expect(await remote.timeout(1_000).emitWithAck("ask")).toBe(1);
    const answered = vi.fn();
    remote.timeout(1_000).emit("ask", answered);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, 1);
  });

  it("is waited for as long as the timeout says", async () => {
    await expect(remote.timeout(1).emitWithAck("ask")).rejects.toBeInstanceOf(AckTimeoutError);
  });

  it("is not waited for if no server has it any more", async () => {
    Elsewhere.clients = 0;
    await expect(remote.timeout(1_000).emitWithAck("ask")).rejects.toBeInstanceOf(DisconnectedError);
  });

  it("takes no acknowledgement without a timeout, and no reserved event", async () => {
    expect(() => (remote as any).emit("ask", () => undefined)).toThrow(BroadcastTimeoutRequiredError);
    expect(() => remote.emit("disconnect")).toThrow(ReservedEventError);
    await expect(remote.timeout(5).emitWithAck("disconnect")).rejects.toBeInstanceOf(ReservedEventError);
    expect(() => remote.timeout(-1)).toThrow("timeout");
  });
});
