/** One contract with the validators of three libraries, on both sides of a real connection. */
import { io as connect } from "@telsiz/client";
import { AckError, InvalidAnswerError, InvalidEventError, type Issue } from "@telsiz/events";
import { type BroadcastAckError, HandlerExistsError, ReservedEventError, Server } from "@telsiz/server";
import { bounded, nextEvent, until } from "@telsiz/testkit";
import { SENDS_ANYTHING } from "@telsiz/testkit/contracts";
import { describe, expect, it, vi } from "vitest";
import { board } from "../src/board.ts";
import { afterwards, join, openBoard, openPort } from "./stage.ts";

/** What a promise is rejected with. */
async function failureOf(promise: Promise<unknown>): Promise<any> {
  try {
    await bounded(promise, "an answer");
  } catch (error) {
    return error;
  }
  throw new Error("it was fulfilled");
}

/** Sends what the compiler would not let pass. */
const raw = (
  socket: object,
): { emit(...args: unknown[]): void; emitWithAck(...args: unknown[]): Promise<any> } => socket as never;

describe("arguments that fit", () => {
  it("reach the handler as the validators make them", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    const heard: unknown[] = [];
    socket.handle("add", (text) => ({ id: heard.push(text) }));
    expect(await client.emitWithAck("add", "  a note  ")).toEqual({ id: 1 });
    expect(heard).toEqual(["a note"]);
  });

  it("may leave out what may be undefined, and bring nothing else", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    const heard: unknown[][] = [];
    socket.on("move", (...args) => heard.push(args));
    socket.on("title", (...args) => heard.push(args));
    client.emit("move", { x: 1, y: 2 });
    client.emit("move", { x: 1, y: 2 }, undefined);
    client.emit("move", { x: 1, y: 2 }, true);
    client.emit("title");
    client.emit("title", "mine");
    await until(() => heard.length === 5, "all have come");
    expect(heard).toEqual([
      [{ x: 1, y: 2 }, undefined],
      [{ x: 1, y: 2 }, undefined],
      [{ x: 1, y: 2 }, true],
      ["untitled"],
      ["mine"],
    ]);
  });

  it("put the acknowledgement of a listener at its place, whatever was left out", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    socket.on("whisper", (text, times, ack) => ack(`${text} ${times ?? "once"}`));
    expect(await client.emitWithAck("whisper", "psst")).toBe("psst once");
    expect(await client.emitWithAck("whisper", "psst", 2)).toBe("psst 2");
    client.emit("whisper", "nobody asks");
    expect(await client.emitWithAck("whisper", "still there")).toBe("still there once");
  });

  it("reach listeners and handlers of the client, too", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    client.handle("confirm", (question) => ({ yes: question.length > 3 }));
    expect(await socket.emitWithAck("confirm", "sure?")).toEqual({ yes: true });
    const added = nextEvent(client, "added");
    io.emit("added", { id: 1, text: "a" }, "Ada");
    expect(await added).toEqual([{ id: 1, text: "a" }, "Ada"]);
  });
});

describe("arguments that do not fit", () => {
  it("are answered with INVALID and where, and reach nothing", async () => {
    const { io, url, reports } = await openBoard();
    const { client, socket } = await join(io, url, SENDS_ANYTHING);
    const reached = vi.fn();
    socket.onAny(reached);
    socket.use((_packet, next) => {
      reached();
      next();
    });
    socket.handle("add", reached);
    const error = await failureOf(client.emitWithAck("add", ""));
    expect(error).toBeInstanceOf(AckError);
    expect(error).toMatchObject({ code: "INVALID", message: "The arguments do not fit", data: undefined });
    expect(error.issues).toEqual([{ path: [0], message: expect.stringMatching(/small/i) as string }]);
    expect(board.isAckError("add", error)).toBe(true);
    expect(reached).not.toHaveBeenCalled();
    expect(reports.invalid).toEqual([]);
  });

  it("name each library's place of the fault", async () => {
    const { io, url } = await openBoard();
    const { client } = await join(io, url, SENDS_ANYTHING);
    const paths = async (...args: unknown[]): Promise<unknown> =>
      ((await failureOf(raw(client).emitWithAck(...args))) as { issues: Issue[] }).issues.map(
        ({ path }) => path,
      );
    expect(await paths("move", { x: "1", y: 2 }, "no")).toEqual([[0, "x"], [1]]);
    expect(await paths("move")).toEqual([[0]]);
    expect(await paths("clear", 1)).toEqual([[0]]);
  });

  it("raise invalid_event where nobody asked for an answer", async () => {
    const { io, url, reports } = await openBoard();
    const { client, socket } = await join(io, url, SENDS_ANYTHING);
    raw(client).emit("add", 7);
    await until(() => reports.invalid.length === 1, "it is reported");
    expect(reports.invalid[0]).toMatchObject({ code: "INVALID", event: "add", socket });
    expect(reports.faults).toEqual([]);
  });

  it("are told of by the manager of a client, or printed once", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    afterwards(() => warned.mockRestore());
    const { io, url } = await openBoard(SENDS_ANYTHING);
    const { client, socket } = await join(io, url);
    raw(socket).emit("added", "no note", 1);
    raw(socket).emit("added", "no note", 1);
    await until(() => warned.mock.calls.length > 0, "it is printed");
    client.handle("confirm", () => ({ yes: true }));
    await socket.emitWithAck("confirm", "both have come");
    expect(warned).toHaveBeenCalledTimes(1);
    const told = nextEvent<[InvalidEventError, { socket: unknown }]>(client.io, "invalid_event");
    raw(socket).emit("added");
    const [error, context] = await told;
    expect(error).toMatchObject({ code: "INVALID", event: "added" });
    expect(context.socket).toBe(client);
  });

  it("are too large or too deep before any validator sees them", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url, SENDS_ANYTHING);
    socket.handle("bulk", (texts) => texts.length);
    expect(await client.emitWithAck("bulk", ["a", "b"])).toBe(2);
    expect(await failureOf(client.emitWithAck("bulk", ["x".repeat(50)]))).toMatchObject({
      code: "TOO_LARGE",
    });
    expect(await failureOf(raw(client).emitWithAck("bulk", [["a"]]))).toMatchObject({ code: "TOO_DEEP" });
  });
});

describe("an event that the contract does not have", () => {
  it("is refused by the server", async () => {
    const { io, url, reports } = await openBoard();
    const { client, socket } = await join(io, url, SENDS_ANYTHING);
    const reached = vi.fn();
    socket.onAny(reached);
    expect(await failureOf(raw(client).emitWithAck("nonsense", 1))).toMatchObject({ code: "UNKNOWN_EVENT" });
    raw(client).emit("nonsense");
    await until(() => reports.invalid.length === 1, "it is reported");
    expect(reports.invalid[0]).toMatchObject({ code: "UNKNOWN_EVENT", event: "nonsense", issues: [] });
    expect(reached).not.toHaveBeenCalled();
  });

  it("passes with `allow`, and vanishes with `ignore`", async () => {
    for (const unknownEvents of ["allow", "ignore"] as const) {
      const { io, url, reports } = await openBoard({ unknownEvents });
      const { client, socket } = await join(io, url, SENDS_ANYTHING);
      const heard: unknown[] = [];
      socket.onAny((event, ...args: unknown[]) =>
        heard.push([event, args.filter((arg) => typeof arg !== "function")]),
      );
      raw(client).emit("nonsense", 1);
      client.emit("clear");
      await until(() => heard.some((one) => (one as unknown[])[0] === "clear"), "the next has come");
      expect(heard).toEqual(
        unknownEvents === "allow"
          ? [
              ["nonsense", [1]],
              ["clear", []],
            ]
          : [["clear", []]],
      );
      expect(reports.invalid).toEqual([]);
    }
  });

  it("is dropped by the client, and reported with `reject`", async () => {
    const { io, url } = await openBoard(SENDS_ANYTHING);
    const { client, socket } = await join(io, url, { unknownEvents: "reject" });
    const told = nextEvent<[InvalidEventError]>(client.io, "invalid_event");
    raw(socket).emit("nonsense");
    expect((await told)[0]).toMatchObject({ code: "UNKNOWN_EVENT" });
    const quiet = await join(io, url);
    const heard = vi.fn();
    quiet.client.onAny(heard);
    raw(quiet.socket).emit("nonsense");
    quiet.client.handle("confirm", () => ({ yes: true }));
    await quiet.socket.emitWithAck("confirm", "x");
    expect(heard.mock.calls.map(([event]) => event as string)).toEqual(["confirm"]);
  });
});

describe("errors that a contract names", () => {
  it("reject on the side that asked, with their data, in each way to ask", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    socket.handle("add", (_text, ctx) => ctx.fail("FULL", { limit: 3 }));
    const error = await failureOf(client.emitWithAck("add", "x"));
    expect(error).toMatchObject({ code: "FULL", message: "FULL", data: { limit: 3 }, issues: undefined });
    const called = await new Promise<unknown[]>((resolve) =>
      client.timeout(4000).emit("add", "x", (...args: unknown[]) => resolve(args)),
    );
    expect(called).toEqual([error]);
    const reported = nextEvent<[unknown, { event: string }]>(client.io, "handler_error");
    const callback = vi.fn();
    client.emit("add", "x", callback);
    expect(await reported).toMatchObject([{ code: "FULL" }, { event: "add" }]);
    expect(callback).not.toHaveBeenCalled();
  });

  it("are given to an acknowledgement by a listener", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    socket.on("add", (_text, ack) => ack(new AckError("CLOSED")));
    expect(await failureOf(client.emitWithAck("add", "x"))).toMatchObject({
      code: "CLOSED",
      data: undefined,
    });
  });

  it("come from the client to the server", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    client.handle("confirm", async (_question, ctx) => ctx.fail("AWAY"));
    const error: unknown = await failureOf(socket.emitWithAck("confirm", "x"));
    expect(board.isAckError("confirm", error) && error.code).toBe("AWAY");
  });

  it("hide what a handler throws, and report it", async () => {
    const { io, url, reports } = await openBoard();
    const { client, socket } = await join(io, url);
    const bug = new Error("secret");
    socket.handle("add", () => {
      throw bug;
    });
    const error = await failureOf(client.emitWithAck("add", "x"));
    expect(error).toMatchObject({ code: "INTERNAL", message: "Internal error", data: undefined });
    expect(JSON.stringify(error)).not.toContain("secret");
    await until(() => reports.faults.length === 1, "it is reported");
    expect(reports.faults).toEqual([{ error: bug, event: "add" }]);
  });

  it("are not taken for an answer that has the look of one", async () => {
    const { io, url } = await openBoard({ unknownEvents: "allow" });
    const { client, socket } = await join(io, url, SENDS_ANYTHING);
    const look = { $t: "error", code: "FULL", message: "no" };
    (socket as any).on("free", (ack: (value: unknown) => void) => ack(look));
    expect(await raw(client).emitWithAck("free")).toEqual(look);
  });
});

describe("answers", () => {
  it("that do not fit reject on the side that asked", async () => {
    const { io, url } = await openBoard(SENDS_ANYTHING);
    const { client, socket } = await join(io, url);
    (socket as any).handle("add", () => ({ id: "one" }));
    const error = await failureOf(client.emitWithAck("add", "x"));
    expect(error).toBeInstanceOf(InvalidAnswerError);
    expect(error).toMatchObject({ code: "TELSIZ_INVALID_ANSWER", event: "add", issues: [{ path: ["id"] }] });
    expect(board.isAckError("add", error)).toBe(false);
  });

  it("that are errors which the contract does not have, or whose data does not fit, do likewise", async () => {
    const { io, url } = await openBoard(SENDS_ANYTHING);
    const { client, socket } = await join(io, url);
    (socket as any).handle("add", (text: string) => {
      throw new AckError(text, { limit: "three" });
    });
    expect(await failureOf(client.emitWithAck("add", "FULL"))).toBeInstanceOf(InvalidAnswerError);
    expect((await failureOf(client.emitWithAck("add", "ODD"))).message).toBe(
      'The answer to "add" does not fit the contract: no error has the code "ODD"',
    );
  });

  it("of an event that has none are empty, so that a client's retries end", async () => {
    const { io, url } = await openBoard();
    const joined = nextEvent(io, "connection");
    const client = connect(url, {
      contract: board,
      auth: { name: "Ada" },
      transports: ["websocket"],
      forceNew: true,
      retries: 3,
      ackTimeout: 4000,
    });
    afterwards(() => client.disconnect());
    await joined;
    let cleared = 0;
    for (const socket of io.sockets.sockets.values()) socket.on("clear", () => cleared++);
    client.emit("clear");
    client.emit("clear");
    await until(() => cleared === 2, "the second has come, which waits for the answer to the first");
  });

  it("of several clients come apart into answers and errors", async () => {
    const { io, url } = await openBoard();
    const a = await join(io, url);
    const b = await join(io, url);
    a.client.handle("confirm", () => ({ yes: true }));
    b.client.handle("confirm", (_question, ctx) => ctx.fail("AWAY"));
    const error: BroadcastAckError = await failureOf(io.timeout(4000).emitWithAck("confirm", "x"));
    expect(error).toMatchObject({ code: "TELSIZ_BROADCAST_ACK_FAILED", responses: [{ yes: true }] });
    expect(error.errors).toMatchObject([{ code: "AWAY" }]);
    const [told, answers] = await new Promise<unknown[]>((resolve) =>
      io.timeout(4000).emit("confirm", "x", (...args: unknown[]) => resolve(args)),
    );
    expect(told).toMatchObject({ code: "TELSIZ_BROADCAST_ACK_FAILED" });
    expect(answers).toEqual([{ yes: true }]);
  });
});

describe("auth", () => {
  const refusedWith = async (url: string, auth: object): Promise<any> => {
    const client = connect(url, { auth, transports: ["websocket"], forceNew: true, reconnection: false });
    afterwards(() => client.disconnect());
    const [error] = await nextEvent<[unknown]>(client, "connect_error");
    return error;
  };

  it("is what comes out of its validator, before the middlewares see it", async () => {
    const { io, url } = await openBoard();
    const seen: unknown[] = [];
    io.use((socket, next) => {
      seen.push(socket.handshake.auth);
      next();
    });
    const { socket } = await join(io, url);
    expect(seen).toEqual([{ name: "Ada", level: 1 }]);
    expect(socket.handshake.auth).toEqual({ name: "Ada", level: 1 });
  });

  it("that does not fit is refused, and no middleware sees it", async () => {
    const { io, url } = await openBoard();
    const middleware = vi.fn();
    io.use(middleware);
    const error = await refusedWith(url, { name: "" });
    expect(error).toMatchObject({
      message: "Invalid auth",
      data: { code: "INVALID", issues: [{ path: ["name"] }] },
    });
    expect((await refusedWith(url, { name: "Ada", more: 1 })).data.code).toBe("INVALID");
    expect(middleware).not.toHaveBeenCalled();
  });
});

describe("an asynchronous validator", () => {
  it("keeps the events of its socket in order", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url, SENDS_ANYTHING);
    const heard: unknown[] = [];
    socket.handle("claim", (name) => heard.push(name) > 0);
    socket.on("title", (title) => heard.push(title));
    const first = client.emitWithAck("claim", "mine");
    const second = failureOf(client.emitWithAck("claim", "taken"));
    client.emit("title", "after");
    expect(await first).toBe(true);
    expect(await second).toMatchObject({ code: "INVALID", issues: [{ path: [0], message: "is taken" }] });
    await until(() => heard.length === 2, "both have come");
    expect(heard).toEqual(["mine", "after"]);
  });

  it("lets so many events wait, and no more", async () => {
    const { io, url, reports } = await openBoard({ maxQueued: 1 });
    const { client, socket } = await join(io, url);
    const heard: unknown[] = [];
    socket.on("title", (title) => heard.push(title));
    void client.emitWithAck("claim", "mine").catch(() => undefined);
    for (const title of ["waits", "too many", "and more"]) client.emit("title", title);
    await until(() => reports.invalid.length === 2 && heard.length === 1, "the others are refused");
    expect(heard).toEqual(["waits"]);
    expect(reports.invalid.map(({ code }) => code)).toEqual(["BUSY", "BUSY"]);
  });
});

describe("what is sent", () => {
  it("is checked where the option says so, on both sides", async () => {
    const { io, url, reports } = await openBoard();
    const { client, socket } = await join(io, url);
    expect(() => raw(client).emit("move", "nowhere")).toThrow(InvalidEventError);
    expect(() => raw(io).emit("added", 1)).toThrow("The arguments do not fit");
    expect(() => raw(socket).emit("nonsense")).toThrow("Unknown event");
    (socket as any).handle("add", () => ({ id: "one" }));
    expect(await failureOf(client.emitWithAck("add", "x"))).toMatchObject({ code: "INTERNAL" });
    expect(reports.faults).toMatchObject([
      { error: { code: "INVALID", message: "The answer does not fit" } },
    ]);
    client.emit("claim", "taken"); // its validator is asynchronous: this is known too late to throw
    const [error] = await nextEvent<[InvalidEventError]>(client.io, "handler_error");
    expect(error).toMatchObject({ code: "INVALID", event: "claim" });
  });
});

describe("namespaces", () => {
  it("have their own contract, or none, and children have that of their parent", async () => {
    const port = await openPort();
    const io = new Server(port.server);
    afterwards(() => io.close());
    const admin = io.of("/admin", { contract: board, unknownEvents: "allow" });
    admin.on("connection", (socket) => socket.handle("add", (text) => ({ id: text.length })));
    io.of(/^\/board-\d$/, { contract: board }, (socket) =>
      socket.handle("add", (text) => ({ id: text.length })),
    );
    io.on("connection", (socket) => socket.handle("free", () => "free"));
    const options = { auth: { name: "Ada" }, transports: ["websocket" as const] };
    const main = connect(port.url, options);
    afterwards(() => main.disconnect());
    for (const nsp of ["/admin", "/board-1"]) {
      const client = main.io.socket(nsp, { contract: board, ...options });
      expect(await client.emitWithAck("add", "four")).toEqual({ id: 4 });
      expect(await failureOf(client.emitWithAck("add", ""))).toMatchObject({ code: "INVALID" });
    }
    expect(await main.emitWithAck("free")).toBe("free");
    expect(() => io.of("/admin", { contract: { ...board } })).toThrow(
      "the one that the namespace has already",
    );
  });
});

describe("a handler", () => {
  it("is one for each event, and is taken away by off()", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    const handler = (): { id: number } => ({ id: 1 });
    socket.handle("add", handler);
    expect(() => socket.handle("add", handler)).toThrow(HandlerExistsError);
    expect(() => (socket as any).handle("disconnect", handler)).toThrow(ReservedEventError);
    socket.off("add", handler);
    socket.handle("add", () => ({ id: 2 }));
    expect(await client.emitWithAck("add", "x")).toEqual({ id: 2 });
  });

  it("learns by its signal that nobody waits any more", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    const aborted = new Promise<string>((resolve) => {
      socket.handle("add", async (_text, { signal }) => {
        client.disconnect();
        await new Promise((done) => signal.addEventListener("abort", done));
        resolve("aborted");
        return { id: 1 };
      });
    });
    client.emit("add", "x");
    expect(await bounded(aborted, "the signal")).toBe("aborted");
  });

  it("learns by its signal on the client, too", async () => {
    const { io, url } = await openBoard();
    const { client, socket } = await join(io, url);
    const aborted = new Promise<string>((resolve) => {
      client.handle("confirm", async (_question, { signal }) => {
        socket.disconnect();
        await new Promise((done) => signal.addEventListener("abort", done));
        resolve("aborted");
        return { yes: true };
      });
    });
    socket.emit("confirm", "sure?", () => undefined);
    expect(await bounded(aborted, "the signal")).toBe("aborted");
  });
});
