/** What `socket.handle` takes: a function whose result is the acknowledgement. */
import type { AckOf, AckValue, IsOpen, PayloadOf } from "./acknowledgement.ts";
import type { EventArgs } from "./event-map.ts";

/** The errors that a handler may fail with, by code, where no contract names them. */
export interface AnyErrors {
  [code: string]: unknown;
}

/** What a handler gets behind the event's arguments. */
export interface HandlerContext<Errors = AnyErrors> {
  /** Aborted when the socket disconnects: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Ends the handler: who asked for an answer gets an `AckError` of this code. @throws AckError */
  fail<Code extends keyof Errors & string>(code: Code, ...data: FailureData<Errors[Code]>): never;
}

/** The handler of event `K`: its arguments, then a {@link HandlerContext}. What it returns is the answer. */
export type HandlerOf<E, K extends keyof E> =
  IsOpen<EventArgs<E, K>> extends true
    ? // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as of an untyped map
      (...args: any[]) => unknown
    : (
        ...args: [...PayloadOf<EventArgs<E, K>>, ctx: HandlerContext<ErrorsOf<AckOf<EventArgs<E, K>>>>]
      ) => Handled<AckOf<EventArgs<E, K>>>;

type FailureData<Data> = undefined extends Data ? [data?: Data] : [data: Data];

type ErrorsOf<Ack> = [Ack] extends [never]
  ? AnyErrors
  : Ack extends { readonly "~errors"?: infer Errors }
    ? unknown extends Errors
      ? AnyErrors
      : NonNullable<Errors>
    : AnyErrors;

/** Events without an answer may have handlers too; what those return is dropped. */
type Handled<Ack> = [Ack] extends [never] ? unknown : AnswerGiven<Ack> | PromiseLike<AnswerGiven<Ack>>;

/** A contract's acknowledgement also takes an error, which a handler throws instead. */
type AnswerGiven<Ack> = Ack extends { readonly "~answer"?: infer Answer }
  ? unknown extends Answer
    ? AckValue<Ack>
    : Answer
  : AckValue<Ack>;
