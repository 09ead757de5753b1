import { expectTypeOf, test } from "vitest";
import type {
  Answer,
  AnyEvents,
  EmitArgs,
  Many,
  OneOrTimeout,
  Rejected,
  RequestArgs,
  SendArgs,
  Unanswered,
} from "../src/index.ts";

interface Events {
  plain: (text: string) => void;
  nothing: () => void;
  message: (text: string) => void;
  ask: (question: string, ack: (answer: number) => void) => void;
  askTwo: (ack: (answer: number, unit: string) => void) => void;
  askMaybe: (question: string, ack?: (answer: boolean) => void) => void;
  ping: (ack: () => void) => void;
  confirm: (ack: (error: Error, id: string) => void) => void;
  save: (ack: (error: Error | null, id: string) => void) => void;
  optional: (a: string, b?: number) => void;
}

type Numbered = Record<`room:${number}`, (text: string, ack: (seen: boolean) => void) => void>;

test("emit takes the arguments as declared when one peer answers without a timeout", () => {
  expectTypeOf<EmitArgs<Events, "ask">>().toEqualTypeOf<Parameters<Events["ask"]>>();
  expectTypeOf<EmitArgs<Events, "save">>().toEqualTypeOf<Parameters<Events["save"]>>();
  expectTypeOf<EmitArgs<Events, "nothing">>().toEqualTypeOf<[]>();
  expectTypeOf<EmitArgs<AnyEvents, "whatever">>().toEqualTypeOf<any[]>();
});

test("a timeout puts an error before all values of the answer", () => {
  expectTypeOf<EmitArgs<Events, "ask", OneOrTimeout>>().toEqualTypeOf<
    [question: string, ack: (error: Error | null, answer: number) => void]
  >();
  expectTypeOf<EmitArgs<Events, "askTwo", OneOrTimeout>>().toEqualTypeOf<
    [ack: (error: Error | null, answer: number, unit: string) => void]
  >();
  expectTypeOf<EmitArgs<Events, "ping", OneOrTimeout>>().toEqualTypeOf<
    [ack: (error: Error | null) => void]
  >();
  expectTypeOf<EmitArgs<Events, "askMaybe", OneOrTimeout>>().toEqualTypeOf<
    [question: string, ack?: (error: Error | null, answer: boolean) => void]
  >();
});

test("a timeout takes the place of an error that is always there, but not of one that the peer may give", () => {
  expectTypeOf<EmitArgs<Events, "confirm", OneOrTimeout>>().toEqualTypeOf<
    [ack: (error: Error | null, id: string) => void]
  >();
  expectTypeOf<EmitArgs<Events, "save", OneOrTimeout>>().toEqualTypeOf<
    [ack: (error: Error | null, theirs: Error | null, id: string) => void]
  >();
});

test("a broadcast with a timeout collects the first value of each answer", () => {
  expectTypeOf<EmitArgs<Events, "ask", Many>>().toEqualTypeOf<
    [question: string, ack: (error: Error | null, responses: number[]) => void]
  >();
  expectTypeOf<EmitArgs<Events, "askTwo", Many>>().toEqualTypeOf<
    [ack: (error: Error | null, responses: number[]) => void]
  >();
  expectTypeOf<EmitArgs<Events, "confirm", Many>>().toEqualTypeOf<
    [ack: (error: Error | null, responses: string[]) => void]
  >();
});

test("a broadcast without a timeout sends what needs no acknowledgement, and asks for none", () => {
  expectTypeOf<EmitArgs<Events, "plain", Unanswered>>().toEqualTypeOf<[text: string]>();
  expectTypeOf<EmitArgs<Events, "askMaybe", Unanswered>>().toEqualTypeOf<[question: string]>();
  expectTypeOf<EmitArgs<Events, "ask", Unanswered>>().toExtend<Rejected<string>>();
  expectTypeOf<RequestArgs<Events, "ask", Unanswered>>().toExtend<Rejected<string>>();
});

test("events without an acknowledgement are sent the same way under every mode", () => {
  expectTypeOf<EmitArgs<Events, "optional", Many>>().toEqualTypeOf<[a: string, b?: number | undefined]>();
  expectTypeOf<EmitArgs<Events, "optional", OneOrTimeout>>().toEqualTypeOf<
    [a: string, b?: number | undefined]
  >();
  expectTypeOf<EmitArgs<Events, "optional", Unanswered>>().toEqualTypeOf<
    [a: string, b?: number | undefined]
  >();
  expectTypeOf<EmitArgs<Events, "nothing", Many>>().toEqualTypeOf<[]>();
});

test("a request has the payload, and resolves with the first value of the answer", () => {
  expectTypeOf<RequestArgs<Events, "ask">>().toEqualTypeOf<[question: string]>();
  expectTypeOf<RequestArgs<Events, "askMaybe">>().toEqualTypeOf<[question: string]>();
  expectTypeOf<RequestArgs<Events, "ask", Many>>().toEqualTypeOf<[question: string]>();
  expectTypeOf<RequestArgs<AnyEvents, "whatever">>().toEqualTypeOf<any[]>();
  expectTypeOf<RequestArgs<AnyEvents, "whatever", Unanswered>>().toEqualTypeOf<any[]>();
  expectTypeOf<Answer<Events, "ask">>().toEqualTypeOf<number>();
  expectTypeOf<Answer<Events, "askMaybe", OneOrTimeout>>().toEqualTypeOf<boolean>();
  expectTypeOf<Answer<Events, "ping">>().toEqualTypeOf<undefined>();
  expectTypeOf<Answer<Events, "confirm">>().toEqualTypeOf<string>();
  expectTypeOf<Answer<Events, "save">>().toEqualTypeOf<Error | null>();
  expectTypeOf<Answer<Events, "ask", Many>>().toEqualTypeOf<number[]>();
  expectTypeOf<Answer<AnyEvents, "whatever">>().toEqualTypeOf<any>();
  expectTypeOf<Answer<AnyEvents, "whatever", Many>>().toEqualTypeOf<any[]>();
});

test("an event without an acknowledgement cannot be requested", () => {
  expectTypeOf<RequestArgs<Events, "plain">>().toExtend<Rejected<string>>();
  expectTypeOf<RequestArgs<Events, "nothing", Many>>().toExtend<Rejected<string>>();
});

test("nothing can be given in place of rejected arguments", () => {
  expectTypeOf<[]>().not.toExtend<Rejected<"no">>();
  expectTypeOf<[string]>().not.toExtend<Rejected<"no">>();
  expectTypeOf<never[]>().not.toExtend<Rejected<"no">>();
});

test("send has the arguments of the event message", () => {
  expectTypeOf<SendArgs<Events>>().toEqualTypeOf<[text: string]>();
  expectTypeOf<SendArgs<AnyEvents>>().toEqualTypeOf<any[]>();
  expectTypeOf<SendArgs<Pick<Events, "plain">>>().toExtend<Rejected<string>>();
});

test("names may follow a pattern", () => {
  expectTypeOf<EmitArgs<Numbered, "room:7", OneOrTimeout>>().toEqualTypeOf<
    [text: string, ack: (error: Error | null, seen: boolean) => void]
  >();
  expectTypeOf<RequestArgs<Numbered, "room:7">>().toEqualTypeOf<[text: string]>();
  expectTypeOf<Answer<Numbered, "room:7">>().toEqualTypeOf<boolean>();
});
