/**
 * Event maps: the types from which every typed `on`, `emit` and `emitWithAck` is derived.
 *
 * A map stays as its author wrote it, `interface Events { join: (room: string, ack: (ok: boolean) => void) => void }`.
 * How a call is answered (by one peer or by many, with or without a timeout) is one type parameter, the
 * {@link AckMode}, applied only to the event at hand.
 */

/** A listener signature. If its last parameter is a function, that parameter is the acknowledgement. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the only type that every function is assignable to
export type Listener = (...args: any[]) => any;

/**
 * Constrains `E` to an interface whose members are listeners: `class Socket<Listen extends EventMap<Listen>>`.
 * It refers to `E` itself, so that interfaces without an index signature fit.
 */
export type EventMap<E> = { [K in keyof E]: Listener };

/** The map used where the user gives none: every name, any arguments. */
export interface AnyEvents {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- untyped on purpose, as Socket.IO users expect
  [event: string]: (...args: any[]) => void;
}

/** The names of a map's events. */
export type EventName<E> = keyof E & string;

/** Whether `E` accepts every name, as {@link AnyEvents} does. */
type IsUntyped<E> = string extends keyof E ? true : false;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The declared parameters of event `K`, acknowledgement included. */
export type EventArgs<E, K extends keyof E> = E[K] extends (...args: infer A) => unknown ? A : never;

/** The acknowledgement of an argument list: its last element if that is a function (optional or not), else `never`. */
export type AckOf<A extends readonly unknown[]> =
  Required<A> extends [...unknown[], infer L]
    ? IsAny<L> extends true
      ? never
      : NonNullable<L> extends Listener
        ? NonNullable<L>
        : never
    : never;

/** An argument list without its acknowledgement. */
export type PayloadOf<A extends readonly unknown[]> = [AckOf<A>] extends [never]
  ? A
  : A extends [...infer P, AckOf<A>]
    ? P
    : A extends [...infer P, (AckOf<A> | undefined)?]
      ? P
      : never;

/** The names of the events that declare an acknowledgement; every name of an untyped map. */
export type EventNameWithAck<E> =
  IsUntyped<E> extends true
    ? string
    : { [K in EventName<E>]: [AckOf<EventArgs<E, K>>] extends [never] ? never : K }[EventName<E>];

/** The names of the events that may be sent without an acknowledgement; every name of an untyped map. */
export type EventNameWithoutAck<E> =
  IsUntyped<E> extends true
    ? string
    : { [K in EventName<E>]: PayloadOf<EventArgs<E, K>> extends EventArgs<E, K> ? K : never }[EventName<E>];

/** What a peer answers with: the first parameter of the acknowledgement, after a leading `Error` if one is declared. */
export type AckValue<Ack> = [Ack] extends [never]
  ? never
  : Ack extends (...args: infer P) => unknown
    ? Required<P> extends [infer F, ...infer R]
      ? IsAny<F> extends true
        ? F
        : [F] extends [Error | null | undefined]
          ? R[0]
          : F
      : undefined
    : never;

/** How an emit is answered: by one peer or by many, and whether a timeout puts an error first. */
export interface AckMode {
  timeout: boolean;
  many: boolean;
}
/** One peer answers, whenever it does. */
export interface One extends AckMode {
  timeout: false;
  many: false;
}
/** One peer answers, or the time runs out. */
export interface OneOrTimeout extends AckMode {
  timeout: true;
  many: false;
}
/** Every addressed peer answers, or the time runs out. */
export interface Many extends AckMode {
  timeout: true;
  many: true;
}

/**
 * The parameters of the acknowledgement callback under mode `M`. With a timeout, the values are there only
 * if the error is `null`, which a check of the first parameter narrows.
 */
type AckParameters<Ack, M extends AckMode> = M["many"] extends true
  ? [error: Error | null, responses: AckValue<Ack>[]]
  : M["timeout"] extends true
    ? [error: Error | null, response: AckValue<Ack>]
    : Ack extends (...args: infer P) => unknown
      ? P
      : never;

/** The arguments of `emit(event, ...args)` under mode `M`. */
export type EmitArgs<E, K extends keyof E, M extends AckMode = One> =
  IsUntyped<E> extends true
    ? // eslint-disable-next-line @typescript-eslint/no-explicit-any -- untyped on purpose
      any[]
    : [AckOf<EventArgs<E, K>>] extends [never]
      ? EventArgs<E, K>
      : M extends One
        ? EventArgs<E, K>
        : [...PayloadOf<EventArgs<E, K>>, ...TimedAck<EventArgs<E, K>, M>];

/** The acknowledgement at the end of the arguments under mode `M`, optional where the map declares it so. */
type TimedAck<A extends readonly unknown[], M extends AckMode> =
  PayloadOf<A> extends A
    ? [ack?: (...args: AckParameters<AckOf<A>, M>) => void]
    : [ack: (...args: AckParameters<AckOf<A>, M>) => void];

/** The arguments of `emitWithAck(event, ...args)`: the event's arguments without its acknowledgement. */
export type RequestArgs<E, K extends keyof E> =
  IsUntyped<E> extends true
    ? // eslint-disable-next-line @typescript-eslint/no-explicit-any -- untyped on purpose
      any[]
    : PayloadOf<EventArgs<E, K>>;

/** The value that `emitWithAck` resolves to under mode `M`: one answer, or an array of them. */
export type Answer<E, K extends keyof E, M extends AckMode = One> =
  IsUntyped<E> extends true
    ? // eslint-disable-next-line @typescript-eslint/no-explicit-any -- untyped on purpose
      any
    : M["many"] extends true
      ? AckValue<AckOf<EventArgs<E, K>>>[]
      : AckValue<AckOf<EventArgs<E, K>>>;

/** The names that may be listened to: the user's and the reserved ones. */
export type ListenableName<Listen, Reserved> = EventName<Listen> | EventName<Reserved>;

/** The listener of event `K`; a reserved name wins over the user's map. */
export type ListenerOf<Listen, Reserved, K> = K extends keyof Reserved
  ? Reserved[K]
  : K extends keyof Listen
    ? Listen[K]
    : never;
