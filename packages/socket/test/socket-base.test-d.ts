import type { Many, One } from "@telsiz/events";
import { expectTypeOf, test } from "vitest";
import type { EmitOperator } from "../src/index.ts";
import type { FakeSocket } from "./fake-socket.ts";

interface Incoming {
  news: (text: string, ack: (seen: boolean) => void) => void;
  bye: () => void;
}

interface Outgoing {
  plain: (text: string) => void;
  nothing: () => void;
  ask: (question: string, ack: (answer: number, detail: string) => void) => void;
  save: (ack: (error: Error | null, id: string) => void) => void;
  maybe: (question: string, ack?: (answer: boolean) => void) => void;
  ping: (ack: () => void) => void;
}

type Ack = (seen: boolean) => void;

declare const socket: FakeSocket<Incoming, Outgoing>;
declare const untyped: FakeSocket;
declare const many: EmitOperator<Outgoing, Many, boolean>;

test("listeners get the arguments of the incoming events, and of the socket's own", () => {
  socket.on("news", (text, ack) => {
    expectTypeOf(text).toBeString();
    expectTypeOf(ack).toEqualTypeOf<(seen: boolean) => void>();
  });
  socket.on("disconnect", (reason) => expectTypeOf(reason).toBeString());
  // @ts-expect-error -- this one is only sent
  socket.on("plain", () => undefined);
  // @ts-expect-error -- no such event
  socket.once("unknown", () => undefined);
});

test("emit takes the arguments of the outgoing events", () => {
  expectTypeOf(socket.emit("plain", "text")).toBeBoolean();
  socket.emit("nothing");
  socket.emit("maybe", "really?");
  // @ts-expect-error -- this one is only received
  socket.emit("news", "text", () => undefined);
  // @ts-expect-error -- the text is missing
  socket.emit("plain");
  // @ts-expect-error -- the text is a string
  socket.emit("plain", 1);
  // @ts-expect-error -- one argument too many
  socket.emit("nothing", 1);
  // @ts-expect-error -- the acknowledgement is missing
  socket.emit("ask", "what");
});

test("an acknowledgement without timeout has the declared parameters", () => {
  socket.emit("ask", "what", (...answer) => {
    expectTypeOf(answer).toEqualTypeOf<[answer: number, detail: string]>();
  });
  socket.emit("save", (...answer) => expectTypeOf(answer).toEqualTypeOf<[error: Error | null, id: string]>());
  socket.volatile.emit("ask", "what", (answer) => expectTypeOf(answer).toBeNumber());
});

test("an acknowledgement with timeout has an error first, and then what the peer answers", () => {
  const timed = socket.timeout(100);
  timed.emit("ask", "what", (error, answer) => {
    expectTypeOf(error).toEqualTypeOf<Error | null>();
    expectTypeOf(answer).toBeNumber();
  });
  timed.emit("save", (...answer) => {
    expectTypeOf(answer).toEqualTypeOf<[error: Error | null, theirs: Error | null, id: string]>();
  });
  timed.emit("maybe", "really?", (_error, answer) => expectTypeOf(answer).toBeBoolean());
  timed.emit("maybe", "really?");
  timed.volatile
    .compress(true)
    .emit("ask", "what", (error) => expectTypeOf(error).toEqualTypeOf<Error | null>());
  // @ts-expect-error -- the first parameter is an error
  timed.emit("ask", "what", (answer: number) => answer);
});

test("emitWithAck keeps the type of the answer, with and without timeout", () => {
  expectTypeOf(socket.emitWithAck("ask", "what")).toEqualTypeOf<Promise<number>>();
  expectTypeOf(socket.emitWithAck("save")).toEqualTypeOf<Promise<Error | null>>();
  expectTypeOf(socket.emitWithAck("maybe", "really?")).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(socket.emitWithAck("ping")).toEqualTypeOf<Promise<undefined>>();
  expectTypeOf(socket.timeout(1).emitWithAck("ask", "what")).toEqualTypeOf<Promise<number>>();
  expectTypeOf(socket.timeout(1).volatile.emitWithAck("save")).toEqualTypeOf<Promise<Error | null>>();
  // @ts-expect-error -- the question is missing
  void socket.emitWithAck("ask");
  // @ts-expect-error -- the acknowledgement is the promise
  void socket.emitWithAck("ask", "what", () => undefined);
});

test("asking an event that has no acknowledgement is an error", () => {
  // @ts-expect-error -- nobody answers
  void socket.emitWithAck("plain", "text");
  // @ts-expect-error -- as above
  void socket.timeout(1).emitWithAck("plain", "text");
  // @ts-expect-error -- as above
  void many.emitWithAck("nothing");
});

test("many peers answer with a list", () => {
  expectTypeOf(many.emitWithAck("ask", "what")).toEqualTypeOf<Promise<number[]>>();
  many.emit("ask", "what", (error, answers) => {
    expectTypeOf(error).toEqualTypeOf<Error | null>();
    expectTypeOf(answers).toEqualTypeOf<number[]>();
  });
});

test("catch-all listeners get an event of the map, whose name narrows its arguments", () => {
  socket.onAny((...event) => {
    expectTypeOf(event).toEqualTypeOf<[event: "news", text: string, ack: Ack] | [event: "bye"]>();
    if (event[0] === "bye") return;
    expectTypeOf(event).toEqualTypeOf<[event: "news", text: string, ack: Ack]>();
    const [name, text, ack] = event;
    expectTypeOf(name).toEqualTypeOf<"news">();
    expectTypeOf(text).toBeString();
    ack(true);
  });
  socket.prependAny((...event) => {
    const [name, text] = event;
    if (name === "news") expectTypeOf(text).toBeString();
  });
});

test("catch-all listeners of what is sent see no acknowledgement", () => {
  socket.onAnyOutgoing((...event) => {
    if (event[0] === "ask") expectTypeOf(event).toEqualTypeOf<[event: "ask", question: string]>();
    if (event[0] === "maybe") expectTypeOf(event).toEqualTypeOf<[event: "maybe", question: string]>();
    if (event[0] === "ping") expectTypeOf(event).toEqualTypeOf<[event: "ping"]>();
  });
  socket.prependAnyOutgoing((event) => expectTypeOf(event).toEqualTypeOf<keyof Outgoing>());
});

test("catch-all listeners may have parameters as they like", () => {
  socket.onAny((event, ...args) => {
    expectTypeOf(event).toEqualTypeOf<keyof Incoming>();
    expectTypeOf(args).toEqualTypeOf<(string | Ack)[]>();
  });
  socket.onAny((event, first) => {
    expectTypeOf(event).toEqualTypeOf<keyof Incoming>();
    expectTypeOf(first).toEqualTypeOf<string | undefined>();
  });
  socket.onAny((event) => expectTypeOf(event).toEqualTypeOf<keyof Incoming>());
  socket.onAny(() => undefined);
  socket.onAny((_event: string, ..._args: any[]) => undefined);
  socket.onAny((_event: string, ..._args: unknown[]) => undefined);
  socket.onAny((_event: string, _first: number) => undefined);
  // @ts-expect-error -- the name is a string
  socket.onAny((_event: number) => undefined);
  const listener = (_event: string): void => undefined;
  socket.onAny(listener).offAny(listener).offAnyOutgoing(listener).offAny();
});

test("without maps every event and argument is accepted", () => {
  untyped.on("anything", (first) => expectTypeOf(first).toBeAny());
  untyped.onAny((event, ...args) => {
    expectTypeOf(event).toBeString();
    expectTypeOf(args).toEqualTypeOf<any[]>();
  });
  untyped.emit("anything", 1, "two", () => undefined);
  untyped.timeout(1).emit("anything", (error: Error | null) => error);
  expectTypeOf(untyped.emitWithAck("anything", 1)).toEqualTypeOf<Promise<any>>();
});

test("a map of something else than listeners is an error", () => {
  // @ts-expect-error -- a string is not a listener
  expectTypeOf<FakeSocket<{ news: string }>>().toBeObject();
  // @ts-expect-error -- a string is not a listener
  expectTypeOf<EmitOperator<{ news: string }, One, boolean>>().toBeObject();
});
