import { PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AckNotRequestedError,
  AckTimeoutError,
  DisconnectedError,
  ReservedEventError,
} from "../src/index.ts";
import { FakeSocket, logger } from "./fake-socket.ts";

let socket: FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSocket();
});

afterEach(() => {
  vi.useRealTimers();
});

/** The data of what was sent. */
function sentData(): unknown[] {
  return socket.sent.map(([packet]) => packet.data);
}

describe("emit", () => {
  it("sends the name and any number of arguments", () => {
    expect(socket.emit("greet", "Ada", { age: 36 }, [1, null])).toBe(true);
    socket.emit("nothing");
    expect(socket.sent).toEqual([
      [
        {
          type: PacketType.EVENT,
          nsp: "/fake",
          data: ["greet", "Ada", { age: 36 }, [1, null]],
          id: undefined,
        },
        {},
      ],
      [{ type: PacketType.EVENT, nsp: "/fake", data: ["nothing"], id: undefined }, {}],
    ]);
  });

  it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
    "refuses the reserved name %s",
    (name) => {
      expect(() => socket.emit(name)).toThrow(ReservedEventError);
      expect(() => socket.emit(name, vi.fn())).toThrow(`"${name}" is a reserved event name`);
      expect(socket.sent).toEqual([]);
      expect(socket._acks.size).toBe(0);
    },
  );

  it("leaves a function that is not the last argument in its place", () => {
    const value = (): void => undefined;
    socket.emit("greet", value, 1);
    expect(sentData()).toEqual([["greet", value, 1]]);
    expect(socket._acks.size).toBe(0);
  });

  it("does not wait for an acknowledgement of what could not be sent", () => {
    socket.refuse = new Error("cannot encode");
    expect(() => socket.timeout(10).emit("greet", vi.fn())).toThrow("cannot encode");
    expect(socket._acks.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an acknowledgement without timeout", () => {
  it("is asked for by a function at the end, which gets all values of the answer", () => {
    const ack = vi.fn();
    socket.emit("ask", "what", ack);
    expect(socket.sent[0]![0]).toMatchObject({ data: ["ask", "what"], id: 0 });
    socket.answer(0, "a", 2);
    expect(ack).toHaveBeenCalledExactlyOnceWith("a", 2);
  });

  it("goes by the id, whatever the order of the answers", () => {
    const [first, second] = [vi.fn(), vi.fn()];
    socket.emit("ask", first);
    socket.emit("ask", second);
    socket.answer(1, "b");
    socket.answer(0, "a");
    expect(first).toHaveBeenCalledExactlyOnceWith("a");
    expect(second).toHaveBeenCalledExactlyOnceWith("b");
  });

  it("is never called when the socket ends, as it has no place for an error", () => {
    const ack = vi.fn();
    socket.emit("ask", ack);
    socket._acks.rejectAll();
    socket.answer(0, "late");
    expect(ack).not.toHaveBeenCalled();
  });

  it("passes over answers to nothing, and without an id", () => {
    const ack = vi.fn();
    socket.emit("ask", ack);
    socket.answer(undefined, "a");
    socket.answer(5, "a");
    expect(ack).not.toHaveBeenCalled();
    expect(socket._acks.size).toBe(1);
  });

  it("is guarded like a listener", () => {
    const fault = new Error("in the callback");
    socket.emit("ask", () => {
      throw fault;
    });
    socket.answer(0);
    expect(socket.faults).toEqual([[fault, "ask"]]);
  });
});

describe("an acknowledgement with timeout", () => {
  it("gets null before the values", () => {
    const ack = vi.fn();
    socket.timeout(100).emit("ask", "what", ack);
    expect(socket.sent[0]).toMatchObject([{ data: ["ask", "what"], id: 0 }, { timeout: 100 }]);
    socket.answer(0, "a", 2);
    expect(ack).toHaveBeenCalledExactlyOnceWith(null, "a", 2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gets the error alone when the time runs out, and the packet need not be sent any more", () => {
    const ack = vi.fn();
    socket.timeout(100).emit("ask", ack);
    vi.advanceTimersByTime(100);
    socket.answer(0, "late");
    expect(ack).toHaveBeenCalledExactlyOnceWith(expect.any(AckTimeoutError));
    expect(socket.withdrawn).toEqual([0]);
  });

  it("gets the error alone when the socket ends", () => {
    const ack = vi.fn();
    socket.timeout(100).emit("ask", ack);
    socket._acks.rejectAll();
    expect(ack).toHaveBeenCalledExactlyOnceWith(expect.any(DisconnectedError));
    expect(socket.withdrawn).toEqual([]);
  });
});

describe("emitWithAck", () => {
  it("resolves with the first value of the answer", async () => {
    const answer = socket.emitWithAck("ask", "what");
    expect(socket.sent[0]![0]).toMatchObject({ data: ["ask", "what"], id: 0 });
    socket.answer(0, "a", "b");
    await expect(answer).resolves.toBe("a");
  });

  it("resolves with undefined for an empty answer", async () => {
    const answer = socket.emitWithAck("ask");
    socket.answer(0);
    await expect(answer).resolves.toBeUndefined();
  });

  it("resolves with an error that is the answer itself", async () => {
    const answer = socket.emitWithAck("ask");
    socket.answer(0, { message: "no" });
    await expect(answer).resolves.toEqual({ message: "no" });
  });

  it("sends a function among the arguments as a value, not as an acknowledgement", () => {
    const value = (): void => undefined;
    void socket.emitWithAck("ask", value);
    expect(sentData()).toEqual([["ask", value]]);
  });

  it("is rejected when the socket ends", async () => {
    const answer = socket.emitWithAck("ask");
    socket._acks.rejectAll();
    await expect(answer).rejects.toThrow(DisconnectedError);
  });

  it("is rejected when the time runs out", async () => {
    const answer = socket.timeout(100).emitWithAck("ask");
    vi.advanceTimersByTime(100);
    await expect(answer).rejects.toThrow(AckTimeoutError);
    expect(socket.withdrawn).toEqual([0]);
  });

  it("is rejected for a reserved name, and for what cannot be sent", async () => {
    await expect(socket.emitWithAck("connect")).rejects.toThrow(ReservedEventError);
    socket.refuse = new Error("cannot encode");
    await expect(socket.emitWithAck("ask")).rejects.toThrow("cannot encode");
    expect(socket._acks.size).toBe(0);
  });
});

describe("an event that comes", () => {
  it("calls its listeners with its arguments", () => {
    const { heard, log } = logger();
    socket.on("greet", log("a")).once("greet", log("b")).on("other", log("c"));
    socket.receive(["greet", "Ada", 1]);
    socket.receive(["greet"]);
    expect(heard).toEqual([["a", "Ada", 1], ["b", "Ada", 1], ["a"]]);
  });

  it("may have a number for a name", () => {
    const { heard, log } = logger();
    socket.on("7", log("a"));
    socket.receive([7, "x"]);
    expect(heard).toEqual([["a", "x"]]);
  });

  it("gets the acknowledgement as last argument, if the peer asks for one", () => {
    socket.on("ask", (question: string, ack: (...values: unknown[]) => void) => {
      ack(question.length, "more");
    });
    socket.receive(["ask", "what"], 12);
    expect(socket.sent).toEqual([[{ type: PacketType.ACK, nsp: "/fake", id: 12, data: [4, "more"] }, {}]]);
  });

  it("is answered once, whoever calls the acknowledgement how often", () => {
    for (const name of ["a", "b"]) {
      socket.on("ask", (ack: (value: string) => void) => {
        ack(name);
        ack(`${name} again`);
      });
    }
    socket.receive(["ask"], 0);
    expect(sentData()).toEqual([["a"]]);
  });

  it("can be answered after an answer that could not be sent", () => {
    const fault = new Error("cannot encode");
    let keep: ((value: unknown) => void) | undefined;
    socket.on("ask", (ack: (value: unknown) => void) => {
      keep = ack;
      ack(1n);
    });
    socket.refuse = fault;
    socket.receive(["ask"], 0);
    expect(socket.faults).toEqual([[fault, "ask"]]);
    keep!("better");
    expect(sentData()).toEqual([["better"]]);
  });

  it("reaches the other listeners although one throws or rejects, and the faults are reported", async () => {
    const { heard, log } = logger();
    const [thrown, rejected] = [new Error("thrown"), new Error("rejected")];
    socket.on("greet", () => {
      throw thrown;
    });
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- applications do it all the time
    socket.on("greet", () => Promise.reject(rejected));
    socket.on("greet", log("a"));
    socket.receive(["greet", 1]);
    expect(heard).toEqual([["a", 1]]);
    await Promise.resolve();
    expect(socket.faults).toEqual([
      [thrown, "greet"],
      [rejected, "greet"],
    ]);
  });

  it("calls listeners with the socket as `this`", () => {
    const seen: unknown[] = [];
    socket.on("greet", function (this: unknown) {
      seen.push(this);
    });
    socket.receive(["greet"]);
    expect(seen).toEqual([socket]);
  });

  it("of the socket itself is guarded too", () => {
    const fault = new Error("thrown");
    socket.on("disconnect", () => {
      throw fault;
    });
    expect(socket.raise("disconnect", "reason")).toBe(true);
    expect(socket.faults).toEqual([[fault, "disconnect"]]);
  });
});

describe("catch-all listeners for incoming events", () => {
  it("come before the event's own, the prepended ones first, with the name and all arguments", () => {
    const { heard, log } = logger();
    socket.on("greet", log("own"));
    socket.onAny(log("b")).onAny(log("c")).prependAny(log("a"));
    socket.receive(["greet", 1, 2]);
    expect(heard).toEqual([
      ["a", "greet", 1, 2],
      ["b", "greet", 1, 2],
      ["c", "greet", 1, 2],
      ["own", 1, 2],
    ]);
  });

  it("see events that nobody else listens to", () => {
    const { heard, log } = logger();
    socket.onAny(log("any"));
    socket.receive(["unknown"]);
    expect(heard).toEqual([["any", "unknown"]]);
  });

  it("see the acknowledgement as last argument, and it is the same one", () => {
    socket.onAny((_event, ...args) => {
      (args.at(-1) as (value: string) => void)("any");
    });
    socket.on("ask", (ack: (value: string) => void) => {
      ack("own");
    });
    socket.receive(["ask"], 3);
    expect(sentData()).toEqual([["any"]]);
  });

  it("are removed one by one or together", () => {
    const { log } = logger();
    const [a, b] = [log("a"), log("b")];
    expect(socket.listenersAny()).toEqual([]);
    socket.offAny(a).offAny();
    socket.onAny(a).onAny(b).onAny(a);
    expect(socket.offAny(a).listenersAny()).toEqual([b, a]);
    expect(socket.offAny().listenersAny()).toEqual([]);
  });

  it("that throw keep neither the others nor the event's own from being called", () => {
    const { heard, log } = logger();
    const fault = new Error("thrown");
    socket.onAny(() => {
      throw fault;
    });
    socket.onAny(log("any")).on("greet", log("own"));
    socket.receive(["greet"]);
    expect(heard).toEqual([["any", "greet"], ["own"]]);
    expect(socket.faults).toEqual([[fault, "greet"]]);
  });

  it("do not hear the events of the socket itself, nor acknowledgements", () => {
    const { heard, log } = logger();
    socket.onAny(log("any"));
    socket.raise("disconnect", "reason");
    socket.emit("ask", vi.fn());
    socket.answer(0, "a");
    expect(heard).toEqual([]);
  });
});

describe("catch-all listeners for outgoing events", () => {
  it("hear each event that is sent, without its acknowledgement", () => {
    const { heard, log } = logger();
    socket.onAnyOutgoing(log("b")).prependAnyOutgoing(log("a"));
    socket.emit("ask", 1, vi.fn());
    expect(heard).toEqual([
      ["a", "ask", 1],
      ["b", "ask", 1],
    ]);
  });

  it("do not hear incoming events, nor acknowledgements that are sent", () => {
    const { heard, log } = logger();
    socket.onAnyOutgoing(log("any"));
    socket.on("ask", (ack: () => void) => {
      ack();
    });
    socket.receive(["ask"], 0);
    expect(heard).toEqual([]);
    expect(socket.sent).toHaveLength(1);
  });

  it("are removed one by one or together", () => {
    const { log } = logger();
    const [a, b] = [log("a"), log("b")];
    expect(socket._hasOutgoingListeners).toBe(false);
    expect(socket.listenersAnyOutgoing()).toEqual([]);
    socket.onAnyOutgoing(a).onAnyOutgoing(b);
    expect(socket._hasOutgoingListeners).toBe(true);
    expect(socket.offAnyOutgoing(a).listenersAnyOutgoing()).toEqual([b]);
    expect(socket.offAnyOutgoing().listenersAnyOutgoing()).toEqual([]);
    expect(socket._hasOutgoingListeners).toBe(false);
  });

  it("that throw are reported, and the event is sent all the same", () => {
    const fault = new Error("thrown");
    socket.onAnyOutgoing(() => {
      throw fault;
    });
    socket.emit("greet");
    expect(sentData()).toEqual([["greet"]]);
    expect(socket.faults).toEqual([[fault, "greet"]]);
  });
});

describe("a listener that calls an acknowledgement that nobody asked for", () => {
  const answer = (_question: string, acknowledge: () => void): void => acknowledge();

  const later: (...args: any[]) => unknown = async (_question: string, acknowledge: () => void) =>
    acknowledge();

  it.each([
    ["a listener", () => socket.on("ask", answer)],
    ["a listener for once", () => socket.once("ask", answer)],
    ["an asynchronous listener", () => socket.on("ask", later)],
  ])("is reported by the name of its mistake: %s", async (_what, prepare) => {
    prepare();
    socket.receive(["ask", "how?"]);
    await Promise.resolve();
    const [[error, event]] = socket.faults as [[AckNotRequestedError, string]];
    expect(event).toBe("ask");
    expect(error).toBeInstanceOf(AckNotRequestedError);
    expect(error).toMatchObject({ code: "TELSIZ_ACK_NOT_REQUESTED", cause: expect.any(TypeError) });
    expect(error.message).toMatch(/^The sender of "ask" asked for no acknowledgement.*is not a function/);
  });

  it("is reported as it is when something else is no function", () => {
    socket.on("ask", (question: () => void) => question());
    socket.receive(["ask", "how?"]);
    socket.on("answered", (_question: string, acknowledge: { more(): void }) => acknowledge.more());
    socket.receive(["answered", "how?"], 1);
    expect(socket.faults.map(([error]) => (error as Error).constructor)).toEqual([TypeError, TypeError]);
  });
});
