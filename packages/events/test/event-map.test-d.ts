import { expectTypeOf, test } from "vitest";
import type { AnyEvents, EventArgs, EventMap, EventName, ListenableName, ListenerOf } from "../src/index.ts";

interface Events {
  plain: (text: string) => void;
  nothing: () => void;
  ask: (question: string, ack: (answer: number) => void) => void;
}

test("a map is an interface of listeners, with or without an index signature, or a type", () => {
  expectTypeOf<Events>().toExtend<EventMap<Events>>();
  expectTypeOf<AnyEvents>().toExtend<EventMap<AnyEvents>>();
  expectTypeOf<{ foo: string }>().not.toExtend<EventMap<{ foo: string }>>();
});

test("a map without events has no names", () => {
  expectTypeOf<EventName<object>>().toEqualTypeOf<never>();
  expectTypeOf<EventName<AnyEvents>>().toEqualTypeOf<string>();
});

test("the arguments of an event are the parameters of its listener, acknowledgement included", () => {
  expectTypeOf<EventArgs<Events, "ask">>().toEqualTypeOf<Parameters<Events["ask"]>>();
  expectTypeOf<EventArgs<AnyEvents, "whatever">>().toEqualTypeOf<any[]>();
});

test("generic code may take the parameters of a listener for the arguments of its event", () => {
  const argsOf = <K extends keyof Events>(_event: K, ...args: Parameters<Events[K]>): EventArgs<Events, K> =>
    args;
  expectTypeOf(argsOf("plain", "text")).toEqualTypeOf<[text: string]>();
});

test("a reserved name has its own listener, whatever the user's map says", () => {
  interface Reserved {
    plain: (reason: Error) => void;
  }
  expectTypeOf<ListenerOf<Events, Reserved, "plain">>().toEqualTypeOf<(reason: Error) => void>();
  expectTypeOf<ListenerOf<Events, Reserved, "nothing">>().toEqualTypeOf<() => void>();
  expectTypeOf<ListenerOf<AnyEvents, Reserved, "whatever">>().toEqualTypeOf<(...args: any[]) => void>();
  expectTypeOf<ListenableName<Pick<Events, "ask">, Reserved>>().toEqualTypeOf<"ask" | "plain">();
});
