/**
 * The listening half of an event emitter, on every platform. It has the surface of Node's `EventEmitter`, as Socket.IO's
 * server, and that of component-emitter, as its client. What its subclasses do with `emit` differs: an {@link Emitter}
 * calls its own listeners, a Socket sends.
 */
import { checkFunction } from "./guard.ts";
import type { AnyEvents, EventMap, Listener, ListenerOf } from "./event-map.ts";

/** What `once` registers: a listener that removes itself, and remembers the one it stands for. */
interface OnceListener extends Listener {
  listener?: Listener;
}

/** Names that come from elsewhere, such as {@link Listenable.eventNames}; an editor still proposes those of the map. */
type AnyName = string & Record<never, never>;

type Registered = OnceListener | readonly OnceListener[];

/** Listeners by event name. Lists are copied on write, so an emit that is under way keeps the list it began with. */
export class Listenable<
  Listen extends EventMap<Listen> = AnyEvents,
  Reserved extends EventMap<Reserved> = Record<never, Listener>,
> {
  /** Made at the first listener; a lone listener is kept without an array. */
  #registered: Map<string, Registered> | undefined;
  #maxListeners = 0;

  /** Calls `listener` at each `event`. */
  on<K extends (keyof Listen | keyof Reserved) & string>(
    event: K,
    listener: ListenerOf<Listen, Reserved, K>,
  ): this {
    return this.#add(event, listener, false);
  }

  /** As {@link on}. */
  addListener<K extends (keyof Listen | keyof Reserved) & string>(
    event: K,
    listener: ListenerOf<Listen, Reserved, K>,
  ): this {
    return this.#add(event, listener, false);
  }

  /** As {@link on}, before the listeners that are there. */
  prependListener<K extends (keyof Listen | keyof Reserved) & string>(
    event: K,
    listener: ListenerOf<Listen, Reserved, K>,
  ): this {
    return this.#add(event, listener, true);
  }

  /** Calls `listener` at the next `event` only. */
  once<K extends (keyof Listen | keyof Reserved) & string>(
    event: K,
    listener: ListenerOf<Listen, Reserved, K>,
  ): this {
    return this.#add(event, this.#onceListener(event, listener), false);
  }

  /** As {@link once}, before the listeners that are there. */
  prependOnceListener<K extends (keyof Listen | keyof Reserved) & string>(
    event: K,
    listener: ListenerOf<Listen, Reserved, K>,
  ): this {
    return this.#add(event, this.#onceListener(event, listener), true);
  }

  /** As {@link on}. */
  addEventListener<K extends (keyof Listen | keyof Reserved) & string>(
    event: K,
    listener: ListenerOf<Listen, Reserved, K>,
  ): this {
    return this.#add(event, listener, false);
  }

  /**
   * Removes one registration of `listener`, the latest; without `listener` all of `event`, without `event` all.
   */
  off(): this;
  off(event: (keyof Listen | keyof Reserved) & string, listener?: Listener): this;
  off(event?: (keyof Listen | keyof Reserved) & string, listener?: Listener): this {
    if (event === undefined || listener === undefined) return this.removeAllListeners(event);
    return this.#remove(event, listener);
  }

  /** As {@link off}. */
  removeListener(): this;
  removeListener(event: (keyof Listen | keyof Reserved) & string, listener?: Listener): this;
  removeListener(event?: (keyof Listen | keyof Reserved) & string, listener?: Listener): this {
    return event === undefined ? this.off() : this.off(event, listener);
  }

  /** As {@link off}. */
  removeEventListener(): this;
  removeEventListener(event: (keyof Listen | keyof Reserved) & string, listener?: Listener): this;
  removeEventListener(event?: (keyof Listen | keyof Reserved) & string, listener?: Listener): this {
    return event === undefined ? this.off() : this.off(event, listener);
  }

  /** Removes all listeners of `event`, or of every event. */
  removeAllListeners(event?: ((keyof Listen | keyof Reserved) & string) | AnyName): this {
    if (event === undefined) this.#registered = undefined;
    else this.#registered?.delete(event);
    return this;
  }

  /** A copy of the listeners of `event`. */
  listeners<K extends (keyof Listen | keyof Reserved) & string>(event: K): ListenerOf<Listen, Reserved, K>[] {
    // The map holds what `on` accepted under this name, hence listeners of `K`.
    return this.#list(event).map(original) as ListenerOf<Listen, Reserved, K>[];
  }

  /** As {@link listeners}, with the wrappers that {@link once} made. */
  rawListeners<K extends (keyof Listen | keyof Reserved) & string>(
    event: K,
  ): ListenerOf<Listen, Reserved, K>[] {
    return this.#list(event).slice() as ListenerOf<Listen, Reserved, K>[];
  }

  /** How many listeners `event` has; with `listener`, how many registrations of that one. */
  listenerCount(event: ((keyof Listen | keyof Reserved) & string) | AnyName, listener?: Listener): number {
    const list = this.#list(event);
    if (listener === undefined) return list.length;
    return list.filter((one) => one === listener || one.listener === listener).length;
  }

  /** Whether `event` has listeners. */
  hasListeners(event: ((keyof Listen | keyof Reserved) & string) | AnyName): boolean {
    return this.#registered?.has(event) === true;
  }

  /** The names that have listeners, in the order of their first registration. */
  eventNames(): string[] {
    return [...(this.#registered?.keys() ?? [])];
  }

  /** Kept for compatibility with Node's `EventEmitter`; no warning is ever printed. */
  setMaxListeners(count: number): this {
    this.#maxListeners = count;
    return this;
  }

  /** What {@link setMaxListeners} was given. @default 0 (no limit) */
  getMaxListeners(): number {
    return this.#maxListeners;
  }

  /** Calls the listeners of `event` and tells whether there were any. */
  protected dispatch(event: string, args: readonly unknown[]): boolean {
    const registered = this.#registered?.get(event);
    if (registered === undefined) return false;
    if (typeof registered === "function") this.callListener(registered, args, event);
    else for (const listener of registered) this.callListener(listener, args, event);
    return true;
  }

  /** Calls one listener. Overridden where a throwing listener must not stop the rest. */
  protected callListener(listener: Listener, args: readonly unknown[], _event: string): void {
    Reflect.apply(listener, this, args);
  }

  #add(event: string, listener: Listener, first: boolean): this {
    checkFunction("listener", event, listener);
    if (this.#registered?.has("newListener")) this.dispatch("newListener", [event, original(listener)]);
    const registered = (this.#registered ??= new Map<string, Registered>());
    const present = registered.get(event);
    if (present === undefined) registered.set(event, listener);
    else registered.set(event, first ? [listener, ...asList(present)] : [...asList(present), listener]);
    return this;
  }

  #remove(event: string, listener: Listener): this {
    const list = this.#list(event);
    const index = list.findLastIndex((one) => one === listener || one.listener === listener);
    if (index < 0) return this;
    this.#set(event, list.toSpliced(index, 1));
    if (this.#registered?.has("removeListener")) {
      this.dispatch("removeListener", [event, original(list[index]!)]);
    }
    return this;
  }

  #onceListener(event: string, listener: Listener): OnceListener {
    checkFunction("listener", event, listener);
    let called = false;
    const once: OnceListener = (...args: unknown[]): unknown => {
      if (called) return undefined; // an emit inside the listener came first
      called = true;
      this.#remove(event, once);
      return Reflect.apply(listener, this, args) as unknown;
    };
    once.listener = listener;
    return once;
  }

  #list(event: string): readonly OnceListener[] {
    return asList(this.#registered?.get(event));
  }

  #set(event: string, list: readonly OnceListener[]): void {
    if (list.length === 0) this.#registered?.delete(event);
    else this.#registered?.set(event, list.length === 1 ? list[0]! : list);
  }
}

/** The listener that the application gave. */
function original(registered: OnceListener): Listener {
  return registered.listener ?? registered;
}

function asList(registered: Registered | undefined): readonly OnceListener[] {
  if (registered === undefined) return [];
  return typeof registered === "function" ? [registered] : registered;
}
