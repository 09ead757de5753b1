import { expectTypeOf, test } from "vitest";
import type {
  AckOf,
  AckValue,
  Answer,
  AnyEvents,
  EmitArgs,
  EventMap,
  EventName,
  EventNameWithAck,
  EventNameWithoutAck,
  ListenableName,
  ListenerOf,
  Many,
  OneOrTimeout,
  PayloadOf,
  RequestArgs,
} from "../src/index.ts";

interface Events {
  plain: (text: string) => void;
  nothing: () => void;
  ask: (question: string, ack: (answer: number) => void) => void;
  askMaybe: (question: string, ack?: (answer: boolean) => void) => void;
  save: (ack: (error: Error | null, id: string) => void) => void;
  ping: (ack: () => void) => void;
  optional: (a: string, b?: number) => void;
}

test("the acknowledgement is the last function of the argument list", () => {
  expectTypeOf<AckOf<[string, (answer: number) => void]>>().toEqualTypeOf<(answer: number) => void>();
  expectTypeOf<AckOf<[string, ((answer: number) => void)?]>>().toEqualTypeOf<(answer: number) => void>();
  expectTypeOf<AckOf<[string]>>().toEqualTypeOf<never>();
  expectTypeOf<AckOf<[]>>().toEqualTypeOf<never>();
});

test("the payload is what stands before the acknowledgement", () => {
  expectTypeOf<PayloadOf<[string, number, () => void]>>().toEqualTypeOf<[string, number]>();
  expectTypeOf<PayloadOf<[string, (() => void)?]>>().toEqualTypeOf<[string]>();
  expectTypeOf<PayloadOf<[() => void]>>().toEqualTypeOf<[]>();
  expectTypeOf<PayloadOf<[string, number?]>>().toEqualTypeOf<[string, number?]>();
});

test("emit takes the arguments as declared when one peer answers without a timeout", () => {
  expectTypeOf<EmitArgs<Events, "ask">>().toEqualTypeOf<[question: string, ack: (answer: number) => void]>();
  expectTypeOf<EmitArgs<Events, "nothing">>().toEqualTypeOf<[]>();
  expectTypeOf<EmitArgs<AnyEvents, "whatever">>().toEqualTypeOf<any[]>();
});

test("a timeout puts an error before the answer", () => {
  expectTypeOf<EmitArgs<Events, "ask", OneOrTimeout>>().toEqualTypeOf<
    [string, ack: (error: Error | null, response: number) => void]
  >();
  expectTypeOf<EmitArgs<Events, "askMaybe", OneOrTimeout>>().toEqualTypeOf<
    [string, ack?: (error: Error | null, response: boolean) => void]
  >();
});

test("a broadcast collects the answers", () => {
  expectTypeOf<EmitArgs<Events, "ask", Many>>().toEqualTypeOf<
    [string, ack: (error: Error | null, responses: number[]) => void]
  >();
  expectTypeOf<Answer<Events, "ask", Many>>().toEqualTypeOf<number[]>();
});

test("emitWithAck resolves to the first value after a declared error", () => {
  expectTypeOf<Answer<Events, "ask">>().toEqualTypeOf<number>();
  expectTypeOf<Answer<Events, "askMaybe", OneOrTimeout>>().toEqualTypeOf<boolean>();
  expectTypeOf<Answer<Events, "save">>().toEqualTypeOf<string>();
  expectTypeOf<Answer<Events, "ping">>().toEqualTypeOf<undefined>();
  expectTypeOf<Answer<AnyEvents, "whatever">>().toEqualTypeOf<any>();
  expectTypeOf<RequestArgs<Events, "ask">>().toEqualTypeOf<[string]>();
});

test("only events with an acknowledgement can be asked for one", () => {
  expectTypeOf<EventNameWithAck<Events>>().toEqualTypeOf<"ask" | "askMaybe" | "save" | "ping">();
  expectTypeOf<EventNameWithAck<AnyEvents>>().toEqualTypeOf<string>();
});

test("an acknowledgement whose type is any is not taken for one", () => {
  expectTypeOf<AckOf<[any]>>().toEqualTypeOf<never>();
  expectTypeOf<PayloadOf<[any]>>().toEqualTypeOf<[any]>();
  expectTypeOf<AckOf<any[]>>().toEqualTypeOf<never>();
});

test("a function that is not last is a value", () => {
  expectTypeOf<AckOf<[() => void, string]>>().toEqualTypeOf<never>();
});

test("the value of an acknowledgement is its first parameter, after an error if one is declared", () => {
  expectTypeOf<AckValue<(answer: number, detail: string) => void>>().toEqualTypeOf<number>();
  expectTypeOf<AckValue<(error: Error | null, id: string) => void>>().toEqualTypeOf<string>();
  expectTypeOf<AckValue<(error: null, id: string) => void>>().toEqualTypeOf<string>();
  expectTypeOf<AckValue<(error?: Error) => void>>().toEqualTypeOf<undefined>();
  expectTypeOf<AckValue<() => void>>().toEqualTypeOf<undefined>();
  expectTypeOf<AckValue<(answer: any) => void>>().toEqualTypeOf<any>();
  expectTypeOf<AckValue<(answer: unknown) => void>>().toEqualTypeOf<unknown>();
  expectTypeOf<AckValue<never>>().toEqualTypeOf<never>();
});

test("a timeout takes the declared error's place and keeps the value's type", () => {
  expectTypeOf<EmitArgs<Events, "save", OneOrTimeout>>().toEqualTypeOf<
    [ack: (error: Error | null, response: string) => void]
  >();
  expectTypeOf<EmitArgs<Events, "save">>().toEqualTypeOf<[ack: (error: Error | null, id: string) => void]>();
  expectTypeOf<Answer<Events, "ask", OneOrTimeout>>().toEqualTypeOf<number>();
  expectTypeOf<Answer<Events, "save", Many>>().toEqualTypeOf<string[]>();
  expectTypeOf<Answer<AnyEvents, "whatever", Many>>().toEqualTypeOf<any>();
});

test("events without an acknowledgement are sent the same way under every mode", () => {
  expectTypeOf<EmitArgs<Events, "optional", Many>>().toEqualTypeOf<[a: string, b?: number | undefined]>();
  expectTypeOf<EmitArgs<Events, "optional", OneOrTimeout>>().toEqualTypeOf<
    [a: string, b?: number | undefined]
  >();
  expectTypeOf<EmitArgs<Events, "nothing", Many>>().toEqualTypeOf<[]>();
});

test("only events that need no acknowledgement can be sent without one", () => {
  expectTypeOf<EventNameWithoutAck<Events>>().toEqualTypeOf<"plain" | "nothing" | "askMaybe" | "optional">();
  expectTypeOf<EventNameWithoutAck<AnyEvents>>().toEqualTypeOf<string>();
});

test("a map without events has no names", () => {
  expectTypeOf<EventName<object>>().toEqualTypeOf<never>();
  expectTypeOf<EventNameWithAck<object>>().toEqualTypeOf<never>();
});

test("a map is an interface of listeners, with or without an index signature, or a type", () => {
  expectTypeOf<Events>().toExtend<EventMap<Events>>();
  expectTypeOf<AnyEvents>().toExtend<EventMap<AnyEvents>>();
  expectTypeOf<{ foo: string }>().not.toExtend<EventMap<{ foo: string }>>();
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
