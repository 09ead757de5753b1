/** A map of sets for very many keys, most of which have a single value: that of its own room, for most sockets. */

/**
 * To its readers a map of sets. A lone value is kept without a set until somebody asks for that; such a set stays, and
 * changes with the map.
 */
export class SetMap<K, V> extends Map<K, Set<V>> {
  /** Makes a key known that has no value yet. */
  register(key: K): void {
    if (!this.has(key)) this.#store(key, undefined);
  }

  /** Adds a value. @returns whether it was missing */
  put(key: K, value: V): boolean {
    const stored = this.#stored(key);
    if (stored instanceof Set) return stored.size < stored.add(value).size;
    if (stored === value) return false;
    this.#store(key, stored === undefined ? value : new Set([stored, value]));
    return true;
  }

  /** Takes a value out, and keeps the key. @returns whether it was there */
  take(key: K, value: V): boolean {
    const stored = this.#stored(key);
    if (stored instanceof Set) return stored.delete(value);
    if (stored === undefined || stored !== value) return false;
    this.#store(key, undefined);
    return true;
  }

  /** Whether a key has no value. */
  isEmpty(key: K): boolean {
    const stored = this.#stored(key);
    return stored === undefined || (stored instanceof Set && stored.size === 0);
  }

  /** The values of a key, for now: not to be kept. */
  valuesOf(key: K): ReadonlySet<V> {
    const stored = this.#stored(key);
    if (stored instanceof Set) return stored;
    return new Set(stored === undefined ? undefined : [stored]);
  }

  override get(key: K): Set<V> | undefined {
    if (!this.has(key)) return undefined;
    const stored = this.#stored(key);
    if (stored instanceof Set) return stored;
    const values = new Set(stored === undefined ? undefined : [stored]);
    this.#store(key, values);
    return values;
  }

  override *entries(): MapIterator<[K, Set<V>]> {
    for (const key of this.keys()) yield [key, this.get(key)!];
  }

  override *values(): MapIterator<Set<V>> {
    for (const key of this.keys()) yield this.get(key)!;
  }

  override forEach(callback: (values: Set<V>, key: K, map: Map<K, Set<V>>) => void, self?: unknown): void {
    for (const [key, values] of this.entries()) Reflect.apply(callback, self, [values, key, this]);
  }

  override [Symbol.iterator](): MapIterator<[K, Set<V>]> {
    return this.entries();
  }

  // `Map` is told that all of them are sets, as they are to readers, who see none of these.
  #stored(key: K): V | Set<V> | undefined {
    return super.get(key);
  }

  #store(key: K, values: V | Set<V> | undefined): void {
    this.set(key, values as Set<V>);
  }
}

// What `console.log` of Node.js prints: what readers see. Beside the class, as declarations cannot name the symbol.
Object.defineProperty(SetMap.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: SetMap<unknown, unknown>) {
    return new Map(this);
  },
});
