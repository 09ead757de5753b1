/** Acknowledgements in event maps: which event has one, what comes before it, and what it answers. */
import type { EventArgs, EventName, Listener } from "./event-map.ts";

/** Whether `T` is `any`. */
export type IsAny<T> = 0 extends 1 & T ? true : false;

/** The acknowledgement of an argument list: its last element if that is a function (optional or not), else `never`. */
export type AckOf<A extends readonly unknown[]> = A extends unknown
  ? Required<A> extends [...unknown[], infer L]
    ? IsAny<L> extends true
      ? never
      : NonNullable<L> extends Listener
        ? NonNullable<L>
        : never
    : never
  : never;

/** An argument list without its acknowledgement. */
export type PayloadOf<A extends readonly unknown[]> = A extends unknown
  ? [AckOf<A>] extends [never]
    ? A
    : A extends [...infer P, unknown]
      ? P
      : A extends [...infer P, unknown?]
        ? P
        : never
  : never;

/** Whether an argument list takes anything, as those of an untyped map do. */
export type IsOpen<A extends readonly unknown[]> = number extends A["length"]
  ? unknown extends A[number]
    ? true
    : false
  : false;

/** The names of the events that declare an acknowledgement; every name of an untyped map. */
export type EventNameWithAck<E> = {
  [K in EventName<E>]: IsOpen<EventArgs<E, K>> extends true
    ? K
    : [AckOf<EventArgs<E, K>>] extends [never]
      ? never
      : K;
}[EventName<E>];

/** The names of the events that may be sent without an acknowledgement; every name of an untyped map. */
export type EventNameWithoutAck<E> = {
  [K in EventName<E>]: PayloadOf<EventArgs<E, K>> extends EventArgs<E, K> ? K : never;
}[EventName<E>];

/** The values of an acknowledgement: its parameters, without an `Error` that is declared to come first. */
export type AckValues<P extends readonly unknown[]> = P extends [infer F, ...infer R]
  ? IsAny<F> extends true
    ? P
    : [F] extends [Error]
      ? R
      : P
  : P;

/**
 * What a peer answers with: the first value of the acknowledgement. An error does not survive the way to the peer;
 * an `Error` that a map declares first is the one of a timeout, and no value.
 */
export type AckValue<Ack> = [Ack] extends [never]
  ? never
  : Ack extends (...args: infer P) => unknown
    ? AckValues<P>[0]
    : never;
