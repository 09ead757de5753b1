import { expectTypeOf, test } from "vitest";
import { Emitter } from "../src/index.ts";

interface Events {
  tick: (count: number) => void;
  done: () => void;
  ask: (question: string, ack: (answer: number) => void) => void;
}

const emitter = new Emitter<Events>();

test("a listener's parameters follow from the event's name", () => {
  emitter.on("tick", (count) => expectTypeOf(count).toBeNumber());
  emitter.once("ask", (question, ack) => {
    expectTypeOf(question).toBeString();
    expectTypeOf(ack).toEqualTypeOf<(answer: number) => void>();
  });
  emitter.prependOnceListener("tick", (...args) => expectTypeOf(args).toEqualTypeOf<[count: number]>());
});

test("an unknown name, a wrong listener and a wrong argument are errors", () => {
  // @ts-expect-error -- no such event
  emitter.on("tock", () => undefined);
  // @ts-expect-error -- the count is a number
  emitter.on("tick", (count: string) => count);
  // @ts-expect-error -- the listener asks for more than there is
  emitter.on("done", (count: number) => count);
  // @ts-expect-error -- the count is a number
  emitter.emit("tick", "1");
  // @ts-expect-error -- the count is missing
  emitter.emit("tick");
  // @ts-expect-error -- there is nothing to say
  emitter.emit("done", 1);
  // @ts-expect-error -- no such event
  emitter.off("tock");
});

test("the lists are typed", () => {
  expectTypeOf(emitter.eventNames()).toEqualTypeOf<string[]>();
  expectTypeOf(emitter.listeners("tick")).toEqualTypeOf<((count: number) => void)[]>();
  expectTypeOf(emitter.emit("done")).toBeBoolean();
  expectTypeOf(emitter.on("done", () => undefined)).toEqualTypeOf<Emitter<Events>>();
});

test("without a map every name and argument is accepted", () => {
  const untyped = new Emitter();
  untyped.on("anything", (first, second: string) => {
    expectTypeOf(first).toBeAny();
    return second;
  });
  untyped.emit("anything", 1, "two", () => undefined);
});

test("a map of something else than listeners is an error", () => {
  // @ts-expect-error -- a string is not a listener
  new Emitter<{ tick: string }>();
});
