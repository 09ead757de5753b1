import type { Many, One } from "@telsiz/events";
import { expectTypeOf, test } from "vitest";
import type { AnyListener, EmitOperator } from "../src/index.ts";
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

test("an acknowledgement with timeout has an error first, once only", () => {
  const timed = socket.timeout(100);
  timed.emit("ask", "what", (error, answer) => {
    expectTypeOf(error).toEqualTypeOf<Error | null>();
    expectTypeOf(answer).toBeNumber();
  });
  timed.emit("save", (...answer) => {
    expectTypeOf(answer).toEqualTypeOf<[error: Error | null, response: string]>();
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
  expectTypeOf(socket.emitWithAck("save")).toEqualTypeOf<Promise<string>>();
  expectTypeOf(socket.emitWithAck("maybe", "really?")).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(socket.emitWithAck("ping")).toEqualTypeOf<Promise<undefined>>();
  expectTypeOf(socket.timeout(1).emitWithAck("ask", "what")).toEqualTypeOf<Promise<number>>();
  expectTypeOf(socket.timeout(1).volatile.emitWithAck("save")).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error -- the question is missing
  void socket.emitWithAck("ask");
  // @ts-expect-error -- the acknowledgement is the promise
  void socket.emitWithAck("ask", "what", () => undefined);
});

test("asking an event that has no acknowledgement is an error which names those that have one", () => {
  // @ts-expect-error -- Argument of type '"plain"' is not assignable to parameter of type '"ask" | "save" | "maybe" | "ping"'.
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

test("catch-all listeners get a name of the map, and arguments of unknown type", () => {
  socket.onAny((event, ...args) => {
    expectTypeOf(event).toEqualTypeOf<"news" | "bye">();
    expectTypeOf(args).toEqualTypeOf<readonly unknown[]>();
  });
  socket.onAnyOutgoing((event) => expectTypeOf(event).toEqualTypeOf<keyof Outgoing>());
  expectTypeOf(socket.listenersAny()).toEqualTypeOf<AnyListener<Incoming>[]>();
});

test("without maps every event and argument is accepted", () => {
  untyped.on("anything", (first) => expectTypeOf(first).toBeAny());
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
