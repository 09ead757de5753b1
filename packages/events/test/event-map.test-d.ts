import { expectTypeOf, test } from "vitest";
import type {
  AckOf,
  Answer,
  AnyEvents,
  EmitArgs,
  EventNameWithAck,
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
