/** The types that follow from a contract. */
import { describe, expectTypeOf, test } from "vitest";
import {
  type AckError,
  type AckErrorOf,
  type Answer,
  type AuthOf,
  type BuiltInAckError,
  type ClientAuthOf,
  type ClientEmitOf,
  type ClientListenOf,
  type ContractAck,
  defineContract,
  type EmitArgs,
  type HandlerContext,
  type HandlerOf,
  type Many,
  type OneOrTimeout,
  type RequestArgs,
  type ServerEmitOf,
  type ServerListenOf,
  type ServerSideOf,
  type SocketDataOf,
  type StandardSchemaV1,
  type,
} from "../src/index.ts";

// A validator that takes a text and makes a number of it.
declare const toNumber: StandardSchemaV1<string, number>;
declare const optional: StandardSchemaV1<string | undefined, string>;

const contract = defineContract({
  clientToServer: {
    one: { args: toNumber, ack: toNumber, errors: { FULL: toNumber, CLOSED: null } },
    two: { args: [type<boolean>(), optional] },
    both: { args: [type<boolean>(), optional], ack: type<undefined>() },
    none: {},
  },
  serverToClient: { said: { args: [type<string>()], ack: type<boolean>() }, news: { args: type<string>() } },
  serverToServer: { count: { args: toNumber, ack: toNumber } },
  auth: toNumber,
  data: type<{ user: string }>(),
});
type C = typeof contract;
const _bare = defineContract({});
type Bare = typeof _bare;

type Sent = ClientEmitOf<C>;
type Received = ServerListenOf<C>;

describe("what is sent", () => {
  test("is what validators take", () => {
    expectTypeOf<Parameters<Sent["one"]>>().toEqualTypeOf<[value: string, ack?: (answer: number) => void]>();
    expectTypeOf<Parameters<Sent["two"]>>().toEqualTypeOf<[boolean, (string | undefined)?]>();
    expectTypeOf<Parameters<Sent["none"]>>().toEqualTypeOf<[]>();
    expectTypeOf<Parameters<ServerEmitOf<C>["news"]>>().toEqualTypeOf<[string]>();
  });

  test("may leave out optional arguments before an acknowledgement, too", () => {
    type Ack = (answer: undefined) => void;
    expectTypeOf<Parameters<Sent["both"]>>().toEqualTypeOf<
      [boolean, string | undefined, ack?: Ack] | [boolean, ack?: Ack]
    >();
    expectTypeOf<RequestArgs<Sent, "both">>().toEqualTypeOf<[boolean, string | undefined] | [boolean]>();
  });

  test("is answered by what comes out of a validator", () => {
    expectTypeOf<Answer<Sent, "one">>().toEqualTypeOf<number>();
    expectTypeOf<Answer<ServerEmitOf<C>, "said", Many>>().toEqualTypeOf<boolean[]>();
    expectTypeOf<EmitArgs<Sent, "one", OneOrTimeout>>().toExtend<
      [string, ack?: (error: Error | null, answer: number) => void]
    >();
  });
});

describe("what is received", () => {
  test("is what comes out of validators", () => {
    expectTypeOf<Parameters<Received["one"]>>().toEqualTypeOf<
      [number, ack: ContractAck<string, { FULL: string; CLOSED: undefined }>]
    >();
    expectTypeOf<Parameters<Received["two"]>>().toEqualTypeOf<[boolean, string]>();
    expectTypeOf<Parameters<ClientListenOf<C>["news"]>>().toEqualTypeOf<[string]>();
    expectTypeOf<Parameters<ServerSideOf<C>["count"]>>().toEqualTypeOf<
      [number, ack: (answer: number) => void]
    >();
  });

  test("is answered by what a validator takes, or by an error", () => {
    type Ack = Parameters<Received["one"]>[1];
    expectTypeOf<Parameters<Ack>>().toEqualTypeOf<[answer: string | AckError]>();
    type Nothing = Parameters<Received["both"]>[2];
    expectTypeOf<Parameters<Nothing>>().toEqualTypeOf<[answer?: AckError | undefined]>();
  });

  test("comes with the auth and the data of the contract", () => {
    expectTypeOf<AuthOf<Received>>().toEqualTypeOf<number>();
    expectTypeOf<ClientAuthOf<C>>().toEqualTypeOf<string>();
    expectTypeOf<SocketDataOf<C>>().toEqualTypeOf<{ user: string }>();
    expectTypeOf<AuthOf<ServerListenOf<Bare>>>().toEqualTypeOf<{ [key: string]: any }>();
    expectTypeOf<ClientAuthOf<Bare>>().toBeNever();
    expectTypeOf<keyof Received & string>().toEqualTypeOf<"one" | "two" | "both" | "none">();
  });
});

describe("a handler", () => {
  test("gets arguments and a context, and returns the answer or a promise of it", () => {
    type Errors = { FULL: string; CLOSED: undefined };
    expectTypeOf<Parameters<HandlerOf<Received, "one">>>().toEqualTypeOf<
      [number, ctx: HandlerContext<Errors>]
    >();
    expectTypeOf<ReturnType<HandlerOf<Received, "one">>>().toEqualTypeOf<string | PromiseLike<string>>();
    expectTypeOf<ReturnType<HandlerOf<Received, "two">>>().toBeUnknown();
  });

  test("fails with the errors of the contract alone", () => {
    const handler: HandlerOf<Received, "one"> = (value, ctx) => {
      if (value > 1) ctx.fail("FULL", "so many");
      if (value > 2) ctx.fail("CLOSED");
      // @ts-expect-error -- its data is a text
      if (value > 3) ctx.fail("FULL", 7);
      // @ts-expect-error -- and may not be left out
      if (value > 4) ctx.fail("FULL");
      // @ts-expect-error -- no such error
      return ctx.fail("ODD");
    };
    expectTypeOf(handler).toBeFunction();
    // @ts-expect-error -- the answer is a text
    const wrong: HandlerOf<Received, "one"> = () => 7;
    expectTypeOf(wrong).toBeFunction();
  });

  test("of a plain map has what the map says", () => {
    interface Plain {
      ask: (question: string, ack: (answer: boolean) => void) => void;
      say: (text: string) => void;
    }
    expectTypeOf<HandlerOf<Plain, "ask">>().toEqualTypeOf<
      (question: string, ctx: HandlerContext) => boolean | PromiseLike<boolean>
    >();
    expectTypeOf<Parameters<HandlerOf<Plain, "say">>>().toEqualTypeOf<[text: string, ctx: HandlerContext]>();
    const any: HandlerOf<{ [event: string]: (...args: any[]) => void }, "x"> = (a, b) => [a, b];
    expectTypeOf(any).toBeFunction();
  });
});

describe("an error", () => {
  test("is told apart by its code", () => {
    expectTypeOf<AckErrorOf<C, "one">>().toEqualTypeOf<
      BuiltInAckError | AckError<"FULL", number> | AckError<"CLOSED", undefined>
    >();
    expectTypeOf<AckErrorOf<C, "two">>().toEqualTypeOf<BuiltInAckError>();
    const error: unknown = undefined;
    if (contract.isAckError("one", error) && error.code === "FULL") expectTypeOf(error.data).toBeNumber();
    // @ts-expect-error -- no such event
    contract.isAckError("odd", error);
  });
});

describe("a definition", () => {
  test("has no errors of built-in codes, and nothing but validators", () => {
    // @ts-expect-error -- the code has a meaning already
    defineContract({ clientToServer: { a: { ack: toNumber, errors: { INVALID: null } } } });
    // @ts-expect-error -- no validator
    defineContract({ clientToServer: { a: { args: "string" } } });
    // @ts-expect-error -- no such member
    defineContract({ clientToServer: { a: { answer: toNumber } } });
  });
});
