/** Notes which members of the API are used, so that a test can tell which never are. */

/** A class whose members are noted, by the name under which they are. */
export type Watched = readonly [name: string, type: abstract new (...args: never[]) => object];

type Key = string | symbol;

export class Recorder {
  readonly #watched: readonly Watched[];
  readonly #proxies = new WeakMap<object, object>();
  /** Members that were used, as `Server.emit`. */
  #used = new Set<string>();

  constructor(watched: readonly Watched[]) {
    this.#watched = watched;
  }

  /** The members that were used since the last time. */
  take(): string[] {
    const used = [...this.#used];
    this.#used = new Set();
    return used;
  }

  /** Notes the use of something that is no member of a class. */
  note(name: string): void {
    this.#used.add(name);
  }

  /** The same value; if it is of a watched class, every use of its members is noted, and of what they return. */
  watch<T>(value: T): T {
    if (typeof value !== "object" || value === null) return value;
    const name = this.#watched.find(([, type]) => value instanceof type)?.[0];
    if (name === undefined) return value;
    const known = this.#proxies.get(value) ?? this.#wrap(name, value);
    this.#proxies.set(value, known);
    return known as T; // behaves as the value does
  }

  #wrap(name: string, target: object): object {
    return new Proxy(target, {
      get: (_target, key) => this.#read(name, target, key),
      // Private fields are on the target alone.
      set: (_target, key, value) => Reflect.set(target, key, value, target),
    });
  }

  #read(name: string, target: object, key: Key): unknown {
    const member: unknown = Reflect.get(target, key, target);
    const note = (): void => {
      if (key in target) this.#used.add(`${name}.${String(key)}`);
    };
    if (typeof member === "function")
      return (...args: unknown[]): unknown => {
        note();
        return this.watch(Reflect.apply(member, target, args));
      };
    note();
    return this.watch(member);
  }
}
