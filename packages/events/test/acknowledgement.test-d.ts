import { expectTypeOf, test } from "vitest";
import type {
  AckOf,
  AckValue,
  AnyEvents,
  EventNameWithAck,
  EventNameWithoutAck,
  PayloadOf,
} from "../src/index.ts";

type Ack = (answer: number) => void;

interface Events {
  plain: (text: string) => void;
  nothing: () => void;
  ask: (question: string, ack: Ack) => void;
  askMaybe: (question: string, ack?: Ack) => void;
  ping: (ack: () => void) => void;
  optional: (a: string, b?: number) => void;
  lines: (...lines: string[]) => void;
  anything: (...args: any[]) => void;
}

test("the acknowledgement is the last function of the argument list", () => {
  expectTypeOf<AckOf<[string, Ack]>>().toEqualTypeOf<Ack>();
  expectTypeOf<AckOf<[string, Ack?]>>().toEqualTypeOf<Ack>();
  expectTypeOf<AckOf<[string, Ack | undefined]>>().toEqualTypeOf<Ack>();
  expectTypeOf<AckOf<[...string[], Ack]>>().toEqualTypeOf<Ack>();
  expectTypeOf<AckOf<[string]>>().toEqualTypeOf<never>();
  expectTypeOf<AckOf<[]>>().toEqualTypeOf<never>();
  expectTypeOf<AckOf<string[]>>().toEqualTypeOf<never>();
});

test("a function that is not last is a value", () => {
  expectTypeOf<AckOf<[Ack, string]>>().toEqualTypeOf<never>();
});

test("an acknowledgement whose type is any is not taken for one", () => {
  expectTypeOf<AckOf<[any]>>().toEqualTypeOf<never>();
  expectTypeOf<PayloadOf<[any]>>().toEqualTypeOf<[any]>();
  expectTypeOf<AckOf<any[]>>().toEqualTypeOf<never>();
});

test("the payload is what stands before the acknowledgement", () => {
  expectTypeOf<PayloadOf<[string, number, Ack]>>().toEqualTypeOf<[string, number]>();
  expectTypeOf<PayloadOf<[string, Ack?]>>().toEqualTypeOf<[string]>();
  expectTypeOf<PayloadOf<[string, Ack | undefined]>>().toEqualTypeOf<[string]>();
  expectTypeOf<PayloadOf<[...string[], Ack]>>().toEqualTypeOf<string[]>();
  expectTypeOf<PayloadOf<[Ack]>>().toEqualTypeOf<[]>();
  expectTypeOf<PayloadOf<[string, number?]>>().toEqualTypeOf<[string, number?]>();
  expectTypeOf<PayloadOf<[]>>().toEqualTypeOf<[]>();
});

test("an event may have several argument lists", () => {
  type Lists = [text: string, ack: Ack] | [id: number];
  expectTypeOf<AckOf<Lists>>().toEqualTypeOf<Ack>();
  expectTypeOf<PayloadOf<Lists>>().toEqualTypeOf<[text: string] | [id: number]>();
});

test("the value of an acknowledgement is its first parameter", () => {
  expectTypeOf<AckValue<(answer: number, detail: string) => void>>().toEqualTypeOf<number>();
  expectTypeOf<AckValue<(answer?: number) => void>>().toEqualTypeOf<number | undefined>();
  expectTypeOf<AckValue<() => void>>().toEqualTypeOf<undefined>();
  expectTypeOf<AckValue<(answer: any) => void>>().toEqualTypeOf<any>();
  expectTypeOf<AckValue<(answer: any, detail: string) => void>>().toEqualTypeOf<any>();
  expectTypeOf<AckValue<(answer: unknown) => void>>().toEqualTypeOf<unknown>();
  expectTypeOf<AckValue<never>>().toEqualTypeOf<never>();
});

test("an error that is always there is that of a timeout, and no value", () => {
  expectTypeOf<AckValue<(error: Error, id: string) => void>>().toEqualTypeOf<string>();
  expectTypeOf<AckValue<(error: TypeError, id: string) => void>>().toEqualTypeOf<string>();
  expectTypeOf<AckValue<(error: Error) => void>>().toEqualTypeOf<undefined>();
});

test("an error that may be missing is what the peer answers first, as it is at run time", () => {
  expectTypeOf<AckValue<(error: Error | null, id: string) => void>>().toEqualTypeOf<Error | null>();
  expectTypeOf<AckValue<(error: string | null, id: string) => void>>().toEqualTypeOf<string | null>();
  expectTypeOf<AckValue<(error?: Error) => void>>().toEqualTypeOf<Error | undefined>();
});

test("only events with an acknowledgement can be asked for one", () => {
  expectTypeOf<EventNameWithAck<Events>>().toEqualTypeOf<"ask" | "askMaybe" | "ping" | "anything">();
  expectTypeOf<EventNameWithAck<AnyEvents>>().toEqualTypeOf<string>();
  expectTypeOf<EventNameWithAck<object>>().toEqualTypeOf<never>();
});

test("only events that need no acknowledgement can be sent without one", () => {
  expectTypeOf<EventNameWithoutAck<Events>>().toEqualTypeOf<
    "plain" | "nothing" | "askMaybe" | "optional" | "lines" | "anything"
  >();
  expectTypeOf<EventNameWithoutAck<AnyEvents>>().toEqualTypeOf<string>();
});
