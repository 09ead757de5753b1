/** What a contract does to a server, without connections. */
import { type AdapterNamespace, InMemoryAdapter, type ServerAnswersCallback } from "@telsiz/adapter";
import { defineContract, type StandardSchemaV1, type } from "@telsiz/events";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { InvalidEventError, OptionError, ReservedEventError, Server } from "../src/index.ts";
import { FakeSession } from "./fake-session.ts";

const number: StandardSchemaV1<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => (typeof value === "number" ? { value } : { issues: [{ message: "no number" }] }),
  },
};

/** An adapter that writes down what leaves for other servers. */
class Outbound extends InMemoryAdapter {
  readonly packets: unknown[][] = [];

  override serverSideEmit(packet: unknown[]): void {
    this.packets.push(packet);
  }
}

const contract = defineContract({
  serverToServer: { sync: { args: number }, count: { args: number, ack: number, errors: { AWAY: null } } },
});
const open = () => new Server({ contract, adapter: Outbound, validate: { outgoing: true } });
let io: ReturnType<typeof open>;
const reported = vi.fn();

beforeEach(() => {
  reported.mockClear();
  io = open();
  io.on("invalid_event", (error, context) => reported(error.code, error.event, context));
});

describe("events between servers", () => {
  const receive = (...packet: unknown[]): void => (io.sockets as AdapterNamespace)._onServerSideEmit(packet);
  const packets = (): unknown[][] => (io.sockets.adapter as unknown as Outbound).packets;

  it("reach listeners if they fit", () => {
    const heard: unknown[][] = [];
    io.on("sync", (...args) => heard.push(args));
    io.on("count", (base, ack) => ack(base + 1));
    receive("sync", 1);
    const answer = vi.fn();
    receive("count", 2, answer);
    expect(heard).toEqual([[1]]);
    expect(answer).toHaveBeenCalledExactlyOnceWith(3);
  });

  it("are refused if they don't, or if the contract does not have them", () => {
    const heard = vi.fn();
    io.on("sync", heard);
    receive("sync", "one");
    receive("odd");
    expect(reported.mock.calls).toEqual([
      ["INVALID", "sync", { socket: undefined, event: "sync" }],
      ["UNKNOWN_EVENT", "odd", { socket: undefined, event: "odd" }],
    ]);
    const answer = vi.fn();
    receive("count", "two", answer);
    expect(answer).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ $t: "error", code: "INVALID" }));
    expect(heard).not.toHaveBeenCalled();
  });

  it("are checked before they are sent, where the option says so", () => {
    expect(() => io.serverSideEmit("sync", "one" as never)).toThrow(InvalidEventError);
    io.serverSideEmit("sync", 1);
    expect(packets()).toEqual([["sync", 1]]);
  });

  it("have answers that are checked, and errors in their place", async () => {
    const answersTo = async (answers: unknown[], failure: Error | null = null): Promise<unknown> => {
      const asked = io.serverSideEmitWithAck("count", 1);
      (packets().at(-1)!.at(-1) as ServerAnswersCallback)(failure, answers);
      return asked.catch((error: unknown) => error);
    };
    expect(await answersTo([1, 2])).toEqual([1, 2]);
    expect(await answersTo([])).toEqual([]);
    expect(await answersTo([1, "two"])).toMatchObject({
      responses: [1],
      cause: { code: "TELSIZ_INVALID_ANSWER" },
    });
    expect(await answersTo([{ $t: "error", code: "AWAY", message: "AWAY" }])).toMatchObject({
      responses: [],
      cause: { code: "AWAY" },
    });
    expect(await answersTo([1], new Error("late"))).toMatchObject({
      responses: [1],
      cause: { message: "late" },
    });
  });

  it("keep their order while an asynchronous validator is at work, those that are refused too", async () => {
    const decide: ((fits: boolean) => void)[] = [];
    const slow: StandardSchemaV1<string> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) =>
          new Promise((resolve) =>
            decide.push((fits) => resolve(fits ? { value: String(value) } : { issues: [{ message: "no" }] })),
          ),
      },
    };
    const ordered = new Server({
      adapter: Outbound,
      contract: defineContract({
        serverToServer: { slow: { args: slow, ack: number }, sync: { args: number } },
      }),
    });
    const seen: unknown[] = [];
    ordered.on("slow", (name, ack) => ack(seen.push(name)));
    ordered.on("sync", (value) => seen.push(value));
    const hear = (...packet: unknown[]): void =>
      (ordered.sockets as AdapterNamespace)._onServerSideEmit(packet);
    const answer = vi.fn();
    const refused = vi.fn();
    hear("slow", "first", answer);
    hear("sync", 1);
    hear("slow", "second", refused);
    hear("sync", 2);
    expect(seen).toEqual([]);
    decide[0]!(true);
    await vi.waitFor(() => expect(decide).toHaveLength(2));
    expect(seen).toEqual(["first", 1]);
    decide[1]!(false);
    await vi.waitFor(() => expect(seen).toEqual(["first", 1, 2]));
    expect(answer).toHaveBeenCalledExactlyOnceWith(1);
    expect(refused).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ $t: "error", code: "INVALID", issues: [{ path: [0], message: "no" }] }),
    );
  });

  it("that do not fit are INVALID to the server that asked, at once and not by its timeout", async () => {
    const asked = io.serverSideEmitWithAck("count", 1);
    const answered = packets().at(-1)!.at(-1) as ServerAnswersCallback;
    receive("count", "two", (answer: unknown) => answered(null, [answer]));
    await expect(asked).rejects.toMatchObject({
      code: "TELSIZ_SERVER_SIDE_ACK",
      responses: [],
      cause: { code: "INVALID", issues: [{ path: [0], message: "no number" }] },
    });
  });

  it("pass where the contract does not speak of servers", () => {
    const silent = new Server({ contract: defineContract({}), adapter: Outbound });
    const heard = vi.fn();
    (silent as unknown as Server).on("anything", heard);
    (silent.sockets as AdapterNamespace)._onServerSideEmit(["anything", 1]);
    expect(heard).toHaveBeenCalledExactlyOnceWith(1);
  });

  it("cannot be those that a server raises itself", () => {
    const heard = vi.fn();
    const faults = vi.fn();
    io.on("invalid_event", heard);
    io.on("handler_error", faults);
    receive("invalid_event", {}, {});
    expect(heard).not.toHaveBeenCalled();
    expect(faults).toHaveBeenCalledOnce();
    expect(() => (io as unknown as Server).serverSideEmit("invalid_event")).toThrow(ReservedEventError);
  });
});

describe("a client", () => {
  it("cannot raise what a server raises itself", () => {
    const heard = vi.fn();
    const plain = new Server();
    plain.on("invalid_event", heard);
    plain.on("handler_error", heard);
    const session = new FakeSession(plain);
    session.join();
    session.emit(["invalid_event", {}]);
    session.emit(["handler_error", {}]);
    expect(heard).not.toHaveBeenCalled();
  });
});

describe("options", () => {
  it("that are wrong are refused, and named", () => {
    const optionOf = (act: () => unknown): string => {
      try {
        act();
      } catch (error) {
        if (error instanceof OptionError) return error.option;
      }
      return "accepted";
    };
    const wrong = (options: object): string => optionOf(() => new Server(options));
    expect(wrong({ contract: {} })).toBe("contract");
    expect(wrong({ contract, validate: true })).toBe("validate");
    expect(wrong({ contract, validate: { incoming: "yes" } })).toBe("incoming");
    expect(wrong({ contract, unknownEvents: "warn" })).toBe("unknownEvents");
    expect(wrong({ contract, maxQueued: -1 })).toBe("maxQueued");
    expect(wrong({ negotiate: 1 })).toBe("negotiate");
    expect(optionOf(() => new Server().of("/a", { contract: 7 as never }))).toBe("contract");
  });

  it("of the server hold for the contracts of its namespaces, unless they have their own", () => {
    const server = new Server({ unknownEvents: "ignore" });
    const heard = vi.fn();
    server.on("invalid_event", heard);
    const chat = defineContract({ clientToServer: { say: { args: type<string>() } } });
    server.of("/quiet", { contract: chat });
    server.of("/strict", { contract: chat, unknownEvents: "reject" });
    const session = new FakeSession(server);
    for (const nsp of ["/quiet", "/strict"]) {
      session.join(nsp);
      session.emit(["odd"], undefined, nsp);
    }
    expect(heard).toHaveBeenCalledOnce();
    server.of("/strict", { contract: chat }); // the same again
    expect(() => server.of("/strict", { contract })).toThrow(OptionError);
  });
});
