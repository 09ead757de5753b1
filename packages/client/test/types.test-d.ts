/** The types that an application sees (api-surface.md 13, without the gaps of Socket.IO). */
import { describe, expectTypeOf, test } from "vitest";
import type {
  DisconnectDescription,
  DisconnectReason,
  ExtendedError,
  Gap,
  ManagerOptions,
  ManagerReservedEvents,
  Socket,
  SocketOptions,
  SocketReservedEvents,
} from "../src/index.ts";
import { io, Manager } from "../src/index.ts";

interface FromServer {
  news: (text: string) => void;
  question: (text: string, ack: (answer: boolean) => void) => void;
  maybe: (text?: string) => void;
}

interface ToServer {
  plain: (text: string) => void;
  nothing: () => void;
  ask: (question: string, ack: (answer: boolean) => void) => void;
  twoValues: (ack: (count: number, unit: string) => void) => void;
  askMaybe: (question: string, ack?: (answer: boolean) => void) => void;
}

interface FromAdmin {
  alert: (level: number) => void;
}

// Type tests are compiled and never run.
declare const socket: Socket<FromServer, ToServer>;

describe("io()", () => {
  test("takes an address, options, or both", () => {
    expectTypeOf(io()).toEqualTypeOf<Socket>();
    expectTypeOf(io("https://example.com/news")).toEqualTypeOf<Socket>();
    io({ path: "/live", transports: ["websocket"] });
    io(undefined, { autoConnect: false });
    io("https://example.com", { auth: { token: "abc" }, reconnectionDelay: 100 });
    io("https://example.com", {
      auth: (give) => {
        give({ token: "abc" });
      },
    });
  });

  test("takes nothing else", () => {
    // @ts-expect-error -- an address is text
    io(3000);
    // @ts-expect-error -- no such option
    io({ reconnectionDelayy: 100 });
    // @ts-expect-error -- a time is a number
    io("https://example.com", { timeout: "20s" });
    // @ts-expect-error -- no such transport
    io({ transports: ["telepathy"] });
  });

  test("has the event maps of what it is assigned to, or its own", () => {
    const annotated: Socket<FromServer, ToServer> = io("https://example.com");
    expectTypeOf(annotated).toEqualTypeOf<Socket<FromServer, ToServer>>();
    expectTypeOf(io<FromServer, ToServer>({})).toEqualTypeOf<Socket<FromServer, ToServer>>();
    expectTypeOf<Socket<FromServer>>().toEqualTypeOf<Socket<FromServer, FromServer>>();
  });
});

describe("delivery", () => {
  test("has bounds, or is off", () => {
    io({ delivery: { window: 60_000, maxEvents: 100, maxBytes: 10_000 } });
    io({ delivery: false });
    io({ delivery: {} });
    // @ts-expect-error -- it is on where it can be
    io({ delivery: true });
    // @ts-expect-error -- no such bound
    io({ delivery: { maxAge: 5 } });
  });

  test("tells of gaps", () => {
    socket.on("gap", (gap) => expectTypeOf(gap).toEqualTypeOf<Gap>());
    socket.once("gap", ({ lost, missed }) => {
      expectTypeOf(lost).toEqualTypeOf<number>();
      expectTypeOf(missed).toEqualTypeOf<boolean>();
    });
    // @ts-expect-error -- its argument is an object
    socket.on("gap", (_gap: number) => undefined);
  });
});

describe("a socket without event maps", () => {
  test("takes any event with any arguments", () => {
    const untyped = io();
    untyped.on("whatever", (...args) => {
      expectTypeOf(args).toEqualTypeOf<any[]>();
    });
    untyped.emit("whatever", 1, "2", [3]);
    untyped.emit("whatever", 1, (answer: string) => answer);
    expectTypeOf(untyped.emitWithAck("whatever", 1)).toEqualTypeOf<Promise<any>>();
    expectTypeOf(untyped.timeout(1).emitWithAck("whatever", 1)).toEqualTypeOf<Promise<any>>();
  });
});

describe("what a socket listens to", () => {
  test("has the parameters of the map", () => {
    socket.on("news", (text) => {
      expectTypeOf(text).toBeString();
    });
    socket.once("question", (text, ack) => {
      expectTypeOf(text).toBeString();
      expectTypeOf(ack).toEqualTypeOf<(answer: boolean) => void>();
      // @ts-expect-error -- the answer is a boolean
      ack("yes");
    });
    socket.on("maybe", (text) => {
      expectTypeOf(text).toEqualTypeOf<string | undefined>();
    });
  });

  test("includes its own events", () => {
    socket.on("connect", () => {
      expectTypeOf(socket.id).toEqualTypeOf<string | undefined>();
    });
    socket.on("connect_error", (error) => {
      expectTypeOf(error).toEqualTypeOf<ExtendedError>();
      expectTypeOf(error.data).toBeAny();
    });
    socket.on("disconnect", (reason, description) => {
      expectTypeOf(reason).toEqualTypeOf<DisconnectReason>();
      expectTypeOf(description).toEqualTypeOf<DisconnectDescription | undefined>();
      // @ts-expect-error -- a reason of the server
      if (reason === "client namespace disconnect") return;
    });
    expectTypeOf<Socket.DisconnectReason>().toEqualTypeOf<DisconnectReason>();
    // Not one more and not one less.
    expectTypeOf<DisconnectReason>().toEqualTypeOf<
      | "io server disconnect"
      | "io client disconnect"
      | "ping timeout"
      | "transport close"
      | "transport error"
      | "parse error"
      | "forced close"
    >();
  });

  test("is nothing else", () => {
    // @ts-expect-error -- not in the map
    socket.on("unknown", () => undefined);
    // @ts-expect-error -- an event that the client sends
    socket.on("plain", () => undefined);
    // @ts-expect-error -- the parameter is a string
    socket.on("news", (text: number) => text);
  });

  test("may be anything that comes or goes", () => {
    socket.onAny((...event) => {
      if (event[0] === "news") expectTypeOf(event).toEqualTypeOf<[event: "news", text: string]>();
    });
    socket.onAnyOutgoing((event) => {
      expectTypeOf(event).toEqualTypeOf<keyof ToServer>();
    });
  });
});

describe("what a socket sends", () => {
  test("has the arguments of the map", () => {
    expectTypeOf(socket.emit("plain", "text")).toEqualTypeOf<typeof socket>();
    socket.emit("nothing");
    socket.emit("ask", "why?", (answer) => {
      expectTypeOf(answer).toBeBoolean();
    });
    socket.emit("twoValues", (count, unit) => {
      expectTypeOf(count).toBeNumber();
      expectTypeOf(unit).toBeString();
    });
    socket.volatile.compress(false).emit("plain", "text");
  });

  test("may leave out an acknowledgement that is optional", () => {
    socket.emit("askMaybe", "why?");
    socket.emit("askMaybe", "why?", (answer) => {
      expectTypeOf(answer).toBeBoolean();
    });
  });

  test("has them exactly", () => {
    // @ts-expect-error -- not in the map
    socket.emit("unknown");
    // @ts-expect-error -- an event of the server
    socket.emit("news", "text");
    // @ts-expect-error -- an argument is missing
    socket.emit("plain");
    // @ts-expect-error -- not a string
    socket.emit("plain", 1);
    // @ts-expect-error -- one argument too many
    socket.emit("plain", "text", "more");
    // @ts-expect-error -- the acknowledgement is required
    socket.emit("ask", "why?");
    // @ts-expect-error -- the answer is a boolean
    socket.emit("ask", "why?", (answer: string) => answer);
  });

  test("is answered with an error first when there is a timeout", () => {
    socket.timeout(1).emit("ask", "why?", (error, answer) => {
      expectTypeOf(error).toEqualTypeOf<Error | null>();
      expectTypeOf(answer).toBeBoolean();
    });
    // @ts-expect-error -- the error comes first
    socket.timeout(1).emit("ask", "why?", (answer: boolean) => answer);
  });

  test("is promised the first value of the answer, with and without a timeout", () => {
    expectTypeOf(socket.emitWithAck("ask", "why?")).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(socket.timeout(1).emitWithAck("ask", "why?")).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(socket.emitWithAck("twoValues")).toEqualTypeOf<Promise<number>>();
    expectTypeOf(socket.timeout(1).emitWithAck("twoValues")).toEqualTypeOf<Promise<number>>();
    expectTypeOf(socket.emitWithAck("askMaybe", "why?")).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(socket.volatile.timeout(1).emitWithAck("askMaybe", "why?")).toEqualTypeOf<
      Promise<boolean>
    >();
  });

  test("is promised nothing where no answer is declared", () => {
    // @ts-expect-error -- plain has no acknowledgement
    void socket.emitWithAck("plain", "text");
    // @ts-expect-error -- nor with a timeout
    void socket.timeout(1).emitWithAck("plain", "text");
    // @ts-expect-error -- the acknowledgement is not given
    void socket.emitWithAck("ask", "why?", () => undefined);
  });
});

describe("a manager", () => {
  test("gives sockets with the maps that are asked for", () => {
    const manager = new Manager("https://example.com", { autoConnect: false });
    expectTypeOf(manager).toEqualTypeOf<Manager>();
    expectTypeOf(manager.socket("/")).toEqualTypeOf<Socket>();
    expectTypeOf(manager.socket<FromServer, ToServer>("/news", { auth: { token: "abc" } })).toEqualTypeOf<
      Socket<FromServer, ToServer>
    >();
    new Manager({ path: "/live" });
    // @ts-expect-error -- a namespace has a name
    manager.socket(5);
  });

  test("has event maps for its sockets, which may have others", () => {
    const manager = new Manager<FromServer, ToServer>("https://example.com");
    expectTypeOf(manager.socket("/")).toEqualTypeOf<Socket<FromServer, ToServer>>();
    expectTypeOf(manager.socket<FromAdmin, ToServer>("/admin")).toEqualTypeOf<Socket<FromAdmin, ToServer>>();
    // @ts-expect-error -- not in the map
    manager.socket("/").emit("unknown");
  });

  test("is the connection of a socket, and makes more of them", () => {
    expectTypeOf(socket.io.socket("/admin")).toEqualTypeOf<Socket>();
    expectTypeOf(socket.io.socket<FromServer, ToServer>("/admin")).toEqualTypeOf<
      Socket<FromServer, ToServer>
    >();
    expectTypeOf(socket.io.engine.transport.name).toBeString();
  });

  test("tells its events", () => {
    const manager = new Manager();
    manager.on("reconnect_attempt", (attempt) => {
      expectTypeOf(attempt).toBeNumber();
    });
    manager.on("reconnect_error", (error) => {
      expectTypeOf(error).toEqualTypeOf<Error>();
    });
    manager.on("close", (reason) => {
      expectTypeOf(reason).toEqualTypeOf<DisconnectReason>();
    });
    // @ts-expect-error -- no such event
    manager.on("reconnected", () => undefined);
  });
});

describe("the types of the package", () => {
  test("have the names that programs import", () => {
    expectTypeOf<ManagerOptions["reconnectionDelay"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<SocketOptions["retries"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Parameters<SocketReservedEvents["disconnect"]>[0]>().toEqualTypeOf<DisconnectReason>();
    expectTypeOf<DisconnectDescription>().toExtend<Parameters<SocketReservedEvents["disconnect"]>[1]>();
    expectTypeOf<Parameters<SocketReservedEvents["connect_error"]>[0]>().toEqualTypeOf<ExtendedError>();
    expectTypeOf<Parameters<ManagerReservedEvents["reconnect_attempt"]>[0]>().toEqualTypeOf<number>();
  });
});
