/** The event maps that follow from a contract: what each side sends and what each side gets. */
import type { ContractDefinition, EventDefinition, EventDefinitions } from "./definition.ts";
import type { AckError } from "../ack-error.ts";
import type { BuiltInCode } from "./codes.ts";
import type { InputOf, OutputOf, Validator } from "./standard-schema.ts";

/** Whatever holds a definition, as a contract does. */
export interface Defined {
  /** What `defineContract()` was given. */
  readonly definition: ContractDefinition;
}

/** The events that a client sends. */
export type ClientEmitOf<C extends Defined> = SentMap<EventsIn<C, "clientToServer">>;

/** The events that a client gets. */
export type ClientListenOf<C extends Defined> = ReceivedMap<EventsIn<C, "serverToClient">>;

/** The events that the server sends. */
export type ServerEmitOf<C extends Defined> = SentMap<EventsIn<C, "serverToClient">>;

/** The events that the server gets, and the type of the `auth` that they come with. */
export type ServerListenOf<C extends Defined> = ReceivedMap<EventsIn<C, "clientToServer">> & AuthMark<C>;

/** The events between servers. */
export type ServerSideOf<C extends Defined> = SharedMap<EventsIn<C, "serverToServer">>;

/** The type of `socket.data`. */
export type SocketDataOf<C extends Defined> = C["definition"] extends {
  readonly data: infer V extends Validator;
}
  ? OutputOf<V>
  : // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as without a contract: chosen by the application
    any;

/** What a client gives as `auth`; `never` where the contract does not say. */
export type ClientAuthOf<C extends Defined> = C["definition"] extends {
  readonly auth: infer V extends Validator;
}
  ? InputOf<V>
  : never;

/** The names of all events of a contract. */
export type EventNameOf<C extends Defined> = keyof EventsOf<C> & string;

/** All events of a contract. */
export type EventsOf<C extends Defined> = EventsIn<C, "clientToServer"> &
  EventsIn<C, "serverToClient"> &
  EventsIn<C, "serverToServer">;

/** The errors that may come in place of the answer to an event, told apart by `code`. */
export type AckErrorOf<C extends Defined, K extends string> =
  | BuiltInAckError
  | DeclaredErrors<ErrorsIn<EventsIn<C, "clientToServer">, K>>
  | DeclaredErrors<ErrorsIn<EventsIn<C, "serverToClient">, K>>
  | DeclaredErrors<ErrorsIn<EventsIn<C, "serverToServer">, K>>;

/** An error that any event may be answered with. */
export type BuiltInAckError = { [Code in BuiltInCode]: AckError<Code, undefined> }[BuiltInCode];

/** The acknowledgement that a listener calls. It also carries what `ctx.fail` may be called with. */
export interface ContractAck<Answer, Errors> {
  (...answer: undefined extends Answer ? [answer?: Answer | AckError] : [answer: Answer | AckError]): void;
  /** Never there: hold types. */
  readonly "~errors"?: Errors;
  /** The type of the answer; nothing has it at run time. */
  readonly "~answer"?: Answer;
}

/** Under this name, a map of incoming events holds the type of the `auth` that came before them. Never there. */
declare const AUTH: unique symbol;

/** The type of `handshake.auth` where these events come from. */
export type AuthOf<Listen> = Listen extends { readonly [AUTH]?: (auth: infer Auth) => void }
  ? unknown extends Auth
    ? UntypedAuth
    : Auth
  : UntypedAuth;

/** What `auth` is without a contract. */
export interface UntypedAuth {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- chosen by the application, as in Socket.IO
  [key: string]: any;
}

type AuthMark<C extends Defined> = C["definition"] extends { readonly auth: infer V extends Validator }
  ? { readonly [AUTH]?: (auth: OutputOf<V>) => void }
  : unknown;

type Direction = "clientToServer" | "serverToClient" | "serverToServer";

type EventsIn<C extends Defined, D extends Direction> = C["definition"] extends {
  readonly [K in D]: infer E extends EventDefinitions;
}
  ? E
  : Record<never, never>;

type SentMap<E> = {
  -readonly [K in keyof E & string]: E[K] extends EventDefinition ? (...args: SentArgs<E[K]>) => void : never;
};

type ReceivedMap<E> = {
  -readonly [K in keyof E & string]: E[K] extends EventDefinition
    ? (...args: ReceivedArgs<E[K]>) => void
    : never;
};

/** Servers listen and emit by one map: that of what comes out of the validators. */
type SharedMap<E> = {
  -readonly [K in keyof E & string]: E[K] extends EventDefinition
    ? (...args: SharedArgs<E[K]>) => void
    : never;
};

type SharedArgs<D extends EventDefinition> = D extends { readonly ack: infer A extends Validator }
  ? [...Outputs<ValidatorsOf<D>>, ack: (answer: OutputOf<A>) => void]
  : Outputs<ValidatorsOf<D>>;

type SentArgs<D extends EventDefinition> = D extends { readonly ack: infer A extends Validator }
  ? WithAck<Inputs<ValidatorsOf<D>>, (answer: OutputOf<A>) => void>
  : OptionalTail<Inputs<ValidatorsOf<D>>>;

type ReceivedArgs<D extends EventDefinition> = D extends { readonly ack: infer A extends Validator }
  ? [...Outputs<ValidatorsOf<D>>, ack: ContractAck<InputOf<A>, ErrorInputs<D>>]
  : Outputs<ValidatorsOf<D>>;

type ValidatorsOf<D extends EventDefinition> = D extends { readonly args: infer A }
  ? A extends readonly Validator[]
    ? A
    : [A]
  : [];

type Inputs<V> = V extends readonly [infer First, ...infer Rest] ? [InputOf<First>, ...Inputs<Rest>] : [];
type Outputs<V> = V extends readonly [infer First, ...infer Rest] ? [OutputOf<First>, ...Outputs<Rest>] : [];

/** Arguments at the end that may be `undefined` may be left out. */
type OptionalTail<T extends readonly unknown[]> = T extends readonly [...infer Rest, infer L]
  ? undefined extends L
    ? [...OptionalTail<Rest>, L?]
    : T
  : T;

/** The same before an acknowledgement, where a parameter cannot be optional: one list for each way to leave some out. */
type WithAck<T extends readonly unknown[], Ack> = T extends readonly [...infer Rest, infer L]
  ? undefined extends L
    ? [...T, ack?: Ack] | WithAck<Rest, Ack>
    : [...T, ack?: Ack]
  : [ack?: Ack];

type ErrorInputs<D> = D extends { readonly errors: infer E }
  ? { -readonly [K in keyof E & string]: E[K] extends Validator ? InputOf<E[K]> : undefined }
  : Record<never, never>;

type ErrorsIn<E, K extends string> = K extends keyof E
  ? E[K] extends { readonly errors: infer R }
    ? R
    : never
  : never;

type DeclaredErrors<R> = [R] extends [never]
  ? never
  : {
      [Code in keyof R & string]: AckError<Code, R[Code] extends Validator ? OutputOf<R[Code]> : undefined>;
    }[keyof R & string];
