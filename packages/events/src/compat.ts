/**
 * The helper types of Socket.IO by their names, for programs that use them (api-surface.md 13). Each is one of ours, so
 * that an event has one meaning; where the two differ, docs/differences.md says so.
 */
import type { AckOf, AckValue, EventNameWithAck, EventNameWithoutAck, PayloadOf } from "./acknowledgement.ts";
import type { Many, OneOrTimeout, SentEvents } from "./call-args.ts";
import type {
  AnyEvents,
  EventArgs,
  EventMap,
  EventName,
  Listener,
  ListenableName,
  ListenerOf,
} from "./event-map.ts";
import type { Listenable } from "./listenable.ts";

/** A map of events, whatever its members are: a constraint for type parameters. */
export interface EventsMap {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- with `any`, and only so, every interface fits
  [event: string]: any;
}

/** The map used where the user gives none. */
export type DefaultEventsMap = AnyEvents;

/** The names of a map's events. */
export type EventNames<Map> = EventName<Map>;

/** The parameters of an event's listener. */
export type EventParams<Map, Ev extends EventNames<Map>> = EventArgs<Map, Ev>;

/** Those names of `K` whose event declares an acknowledgement. */
export type EventNamesWithAck<Map, K extends EventNames<Map> = EventNames<Map>> = Extract<
  K,
  EventNameWithAck<Map>
>;

/** Those names of `K` whose event may be sent without an acknowledgement. */
export type EventNamesWithoutAck<Map, K extends EventNames<Map> = EventNames<Map>> = Extract<
  K,
  EventNameWithoutAck<Map>
>;

/** Those names of `K` whose event has an acknowledgement that begins with an error. */
export type EventNamesWithError<Map, K extends EventNames<Map> = EventNamesWithAck<Map>> = {
  [Ev in K]: AckOf<EventArgs<Map, Ev>> extends (error: infer E, ...values: never[]) => unknown
    ? [E] extends [Error]
      ? Ev
      : never
    : never;
}[K];

/** The names that may be listened to. */
export type ReservedOrUserEventNames<ReservedEvents, UserEvents> = ListenableName<UserEvents, ReservedEvents>;

/** The listener of a reserved event or of one of the user's. */
export type ReservedOrUserListener<
  ReservedEvents,
  UserEvents,
  Ev extends ReservedOrUserEventNames<ReservedEvents, UserEvents>,
> = ListenerOf<UserEvents, ReservedEvents, Ev>;

/** What listens to one map and emits another, as the server's Socket does. */
export interface StrictEventEmitter<
  ListenEvents extends EventMap<ListenEvents>,
  EmitEvents extends EventMap<EmitEvents>,
  ReservedEvents extends EventMap<ReservedEvents> = Record<never, Listener>,
> extends Listenable<ListenEvents, ReservedEvents> {
  /** Sends an event. */
  emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): boolean;
}

/** A map as it is sent with a timeout: an error comes before the values of an acknowledgement. */
export type DecorateAcknowledgements<E> = SentEvents<E, OneOrTimeout>;

/** A map as it is broadcast with a timeout: an acknowledgement has an error and all answers. */
export type DecorateAcknowledgementsWithTimeoutAndMultipleResponses<E> = SentEvents<E, Many>;

/** A map whose acknowledgements have all answers, and no error. */
export type DecorateAcknowledgementsWithMultipleResponses<E> = {
  [K in keyof E]: E[K] extends (...args: infer A) => infer R
    ? [AckOf<A>] extends [never]
      ? E[K]
      : (...args: [...PayloadOf<A>, ack: (responses: AckValue<AckOf<A>>[]) => void]) => R
    : E[K];
};

/** A map without the events that require an acknowledgement. */
export type RemoveAcknowledgements<E> = Pick<E, EventNameWithoutAck<E>>;

/** A list without its last element. */
export type AllButLast<T extends readonly unknown[]> = T extends readonly [...infer Init, unknown]
  ? Init
  : // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Socket.IO: of a list without end nothing is known
    any[];

/** The last element of a list. */
export type Last<T extends readonly unknown[]> =
  Required<T> extends readonly [...unknown[], infer L] ? L : T[number];

/** The first parameter of an acknowledgement, after an error that comes first. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Socket.IO: what is no function is not looked at
export type FirstNonErrorArg<T> = T extends Listener ? AckValue<T> : any;
