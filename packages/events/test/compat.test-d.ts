/** The helper types of Socket.IO (api-surface.md 13), each with what a program may expect of it. */
import { expectTypeOf, test } from "vitest";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DecorateAcknowledgementsWithMultipleResponses,
  DecorateAcknowledgementsWithTimeoutAndMultipleResponses,
  DefaultEventsMap,
  Emitter,
  EventNames,
  EventNamesWithAck,
  EventNamesWithError,
  EventNamesWithoutAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
  RemoveAcknowledgements,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
  StrictEventEmitter,
} from "../src/index.ts";

interface Events {
  plain: (text: string) => void;
  nothing: () => void;
  ask: (question: string, ack: (answer: number) => void) => void;
  askTwo: (ack: (answer: number, unit: string) => void) => void;
  askMaybe: (question: string, ack?: (answer: boolean) => void) => void;
  confirm: (ack: (error: Error, id: string) => void) => void;
}

interface Reserved {
  connect: () => void;
  plain: (reason: Error) => void;
}

// Type tests are compiled and never run.
declare const emitter: StrictEventEmitter<Events, Pick<Events, "ask">, Reserved>;

test("DefaultEventsMap has every name, with any arguments", () => {
  expectTypeOf<DefaultEventsMap>().toEqualTypeOf<{ [event: string]: (...args: any[]) => void }>();
});

test("EventsMap is a constraint for every map", () => {
  expectTypeOf<Events>().toExtend<EventsMap>();
  expectTypeOf<DefaultEventsMap>().toExtend<EventsMap>();
});

test("EventNames and EventParams take a map apart", () => {
  expectTypeOf<EventNames<Events>>().toEqualTypeOf<keyof Events>();
  expectTypeOf<EventParams<Events, "plain">>().toEqualTypeOf<[text: string]>();
  expectTypeOf<EventParams<Events, "ask">>().toEqualTypeOf<Parameters<Events["ask"]>>();
});

test("EventNamesWithAck, -WithoutAck and -WithError choose by the acknowledgement, an optional one included", () => {
  expectTypeOf<EventNamesWithAck<Events>>().toEqualTypeOf<"ask" | "askTwo" | "askMaybe" | "confirm">();
  expectTypeOf<EventNamesWithAck<Events, "ask" | "plain">>().toEqualTypeOf<"ask">();
  expectTypeOf<EventNamesWithoutAck<Events>>().toEqualTypeOf<"plain" | "nothing" | "askMaybe">();
  expectTypeOf<EventNamesWithoutAck<Events, "ask" | "plain">>().toEqualTypeOf<"plain">();
  expectTypeOf<EventNamesWithError<Events>>().toEqualTypeOf<"confirm">();
  expectTypeOf<EventNamesWithError<DecorateAcknowledgements<Events>>>().toEqualTypeOf<never>();
  expectTypeOf<EventNamesWithAck<DefaultEventsMap>>().toEqualTypeOf<string>();
});

test("ReservedOrUserListener prefers the reserved event", () => {
  expectTypeOf<ReservedOrUserEventNames<Reserved, Pick<Events, "ask">>>().toEqualTypeOf<
    "ask" | "connect" | "plain"
  >();
  expectTypeOf<ReservedOrUserListener<Reserved, Events, "plain">>().toEqualTypeOf<(reason: Error) => void>();
  expectTypeOf<ReservedOrUserListener<Reserved, Events, "nothing">>().toEqualTypeOf<() => void>();
});

test("StrictEventEmitter listens to one map and emits another", () => {
  emitter.on("connect", () => undefined).once("nothing", () => undefined);
  emitter.emit("ask", "why?", (answer) => expectTypeOf(answer).toBeNumber());
  // @ts-expect-error -- it is only listened to
  emitter.emit("nothing");
  expectTypeOf<Emitter<Events>>().toExtend<StrictEventEmitter<Events, Events>>();
});

test("DecorateAcknowledgements puts the error of a timeout first", () => {
  expectTypeOf<DecorateAcknowledgements<Events>["ask"]>().toEqualTypeOf<
    (question: string, ack: (error: Error | null, answer: number) => void) => void
  >();
  expectTypeOf<DecorateAcknowledgements<Events>["confirm"]>().toEqualTypeOf<
    (ack: (error: Error | null, id: string) => void) => void
  >();
  expectTypeOf<DecorateAcknowledgements<Events>["plain"]>().toEqualTypeOf<Events["plain"]>();
});

test("DecorateAcknowledgementsWithMultipleResponses gives all answers, with a timeout after its error", () => {
  type Without = DecorateAcknowledgementsWithMultipleResponses<Events>;
  type With = DecorateAcknowledgementsWithTimeoutAndMultipleResponses<Events>;
  expectTypeOf<Without["askTwo"]>().toEqualTypeOf<(ack: (responses: number[]) => void) => void>();
  expectTypeOf<Without["nothing"]>().toEqualTypeOf<() => void>();
  expectTypeOf<With["askTwo"]>().toEqualTypeOf<
    (ack: (error: Error | null, responses: number[]) => void) => void
  >();
  expectTypeOf<With["confirm"]>().toEqualTypeOf<
    (ack: (error: Error | null, responses: string[]) => void) => void
  >();
  expectTypeOf<With["nothing"]>().toEqualTypeOf<() => void>();
});

test("RemoveAcknowledgements leaves the events that can be broadcast", () => {
  expectTypeOf<RemoveAcknowledgements<Events>>().toEqualTypeOf<
    Pick<Events, "plain" | "nothing" | "askMaybe">
  >();
});

test("AllButLast and Last take a list apart", () => {
  expectTypeOf<AllButLast<[a: string, b: number, c: boolean]>>().toEqualTypeOf<[a: string, b: number]>();
  expectTypeOf<AllButLast<string[]>>().toEqualTypeOf<any[]>();
  expectTypeOf<Last<[a: string, b: number]>>().toEqualTypeOf<number>();
  expectTypeOf<Last<[a: string, b?: number]>>().toEqualTypeOf<number>();
  expectTypeOf<Last<string[]>>().toEqualTypeOf<string>();
  expectTypeOf<Last<[]>>().toEqualTypeOf<never>();
});

test("FirstNonErrorArg is what emitWithAck resolves with", () => {
  expectTypeOf<FirstNonErrorArg<(error: Error, id: string) => void>>().toEqualTypeOf<string>();
  expectTypeOf<FirstNonErrorArg<(answer: number, unit: string) => void>>().toEqualTypeOf<number>();
  expectTypeOf<FirstNonErrorArg<string>>().toBeAny();
});
