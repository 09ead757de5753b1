/**
 * What a call that sends an event takes and gives. How it is answered (by one peer or by many, with or without a
 * timeout) is one type parameter, the {@link AckMode}, applied only to the event at hand.
 */
import type { AckOf, AckValue, AckValues, IsOpen, PayloadOf } from "./acknowledgement.ts";
import type { EventArgs, EventName } from "./event-map.ts";

/** How an emit is answered: by one peer or by many, and whether a timeout puts an error first. */
export interface AckMode {
  /** Whether the time may run out. */
  timeout: boolean;
  /** Whether many peers answer. */
  many: boolean;
}
/** One peer answers, whenever it does. */
export interface One extends AckMode {
  /** It waits without end. */
  timeout: false;
  /** One answer. */
  many: false;
}
/** One peer answers, or the time runs out. */
export interface OneOrTimeout extends AckMode {
  /** An error comes first. */
  timeout: true;
  /** One answer. */
  many: false;
}
/** Every addressed peer answers, or the time runs out. */
export interface Many extends AckMode {
  /** An error comes first. */
  timeout: true;
  /** A list of answers. */
  many: true;
}
/** Many are addressed, and none can answer: it is not said how long to wait for them. */
export interface Unanswered extends AckMode {
  /** There is nothing to wait for. */
  timeout: false;
  /** There is nobody to answer. */
  many: true;
}

/**
 * Stands in place of the arguments of a call that is not possible, so that the compiler's message shows why:
 * nothing is assignable to it.
 */
export interface Rejected<Reason extends string> extends Array<never> {
  readonly length: never;
  /** Why it does not compile; nothing has it at run time. */
  readonly reason?: Reason;
}

/** The arguments of `emit(event, ...args)` under mode `M`. */
export type EmitArgs<E, K extends keyof E, M extends AckMode = One> = M extends One
  ? EventArgs<E, K>
  : EventArgs<SentEvents<E, M>, K>;

/** The arguments of `emitWithAck(event, ...args)`: the event's arguments without its acknowledgement. */
export type RequestArgs<E, K extends keyof E, M extends AckMode = One> = EventArgs<RequestedEvents<E, M>, K>;

/** The value that `emitWithAck` resolves to under mode `M`: one answer, or an array of them. */
export type Answer<E, K extends keyof E, M extends AckMode = One> = M["many"] extends true
  ? AnswerOf<EventArgs<E, K>>[]
  : AnswerOf<EventArgs<E, K>>;

type AnswerOf<A extends readonly unknown[]> = IsOpen<A> extends true ? A[number] : AckValue<AckOf<A>>;

/** The arguments of `send(...args)` under mode `M`: those of the event `message`, if the map has it. */
export type SendArgs<E, M extends AckMode = One> =
  "message" extends EventName<E>
    ? EmitArgs<E, "message" & keyof E, M>
    : Rejected<"send() sends 'message', which is not in the event map">;

/**
 * A map as `emit` sees it under mode `M`. Without acknowledgements it is the same as the map itself, so that generic
 * code can pass on `...args: Parameters<E[K]>`.
 */
export type SentEvents<E, M extends AckMode> = {
  [K in keyof E]: E[K] extends (...args: infer A) => infer R
    ? (...args: SentArgs<A, K & string, M>) => R
    : E[K];
};

type SentArgs<A extends readonly unknown[], K extends string, M extends AckMode> = [AckOf<A>] extends [never]
  ? A
  : M["timeout"] extends true
    ? [...PayloadOf<A>, ...TimedAck<A, M>]
    : PayloadOf<A> extends A
      ? PayloadOf<A>
      : Rejected<`many may acknowledge '${K}': say how long to wait, timeout(ms).emit('${K}', ...)`>;

/** The acknowledgement at the end of the arguments under mode `M`, optional where the map declares it so. */
type TimedAck<A extends readonly unknown[], M extends AckMode> =
  PayloadOf<A> extends A
    ? [ack?: AckCallback<AckParameters<AckOf<A>, M>>]
    : [ack: AckCallback<AckParameters<AckOf<A>, M>>];

/** With a timeout an error comes first; the values are there only if it is `null`. */
type AckParameters<Ack, M extends AckMode> = M["many"] extends true
  ? [error: Error | null, responses: AckValue<Ack>[]]
  : Ack extends (...args: infer P) => unknown
    ? [error: Error | null, ...AckValues<P>]
    : never;

/** A method's parameters may also be declared narrower: `(error: Error, answer)`, as Socket.IO's types have it. */
type AckCallback<P extends readonly unknown[]> = { call(...args: P): void }["call"];

type RequestedEvents<E, M extends AckMode> = {
  [K in keyof E]: E[K] extends (...args: infer A) => infer R
    ? (...args: RequestedArgs<A, K & string, M>) => R
    : E[K];
};

type RequestedArgs<A extends readonly unknown[], K extends string, M extends AckMode> =
  IsOpen<A> extends true
    ? A
    : [AckOf<A>] extends [never]
      ? Rejected<`'${K}' has no acknowledgement: give it one, a callback at the end of its parameters, or send it with emit()`>
      : M extends Unanswered
        ? Rejected<`many may acknowledge '${K}': say how long to wait, timeout(ms).emitWithAck('${K}', ...)`>
        : PayloadOf<A>;
