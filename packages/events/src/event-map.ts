/**
 * Event maps: the types from which every typed `on`, `emit` and `emitWithAck` is derived.
 *
 * A map stays as its author wrote it, `interface Events { join: (room: string, ack: (ok: boolean) => void) => void }`.
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

/**
 * The names of a map's events. Signatures write `keyof E & string` instead: of a name that does not fit, the compiler then
 * lists those that do, where it would show this alias.
 */
export type EventName<E> = keyof E & string;

/** The declared parameters of event `K`, acknowledgement included. The same as `Parameters<E[K]>`, also to the compiler. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in `Parameters`, or the two would not be the same
export type EventArgs<E, K extends keyof E> = E[K] extends (...args: infer A) => any ? A : never;

/** The names that may be listened to: the user's and the reserved ones. */
export type ListenableName<Listen, Reserved> = EventName<Listen> | EventName<Reserved>;

/** The listener of event `K`; a reserved name wins over the user's map. */
export type ListenerOf<Listen, Reserved, K> = K extends keyof Reserved
  ? Reserved[K]
  : K extends keyof Listen
    ? Listen[K]
    : never;
