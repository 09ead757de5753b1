/**
 * The JSON part of a packet. An application has few event names and sends each many times: kept encoded, they save a fifth
 * of the cost of a small event.
 */

/** The second argument of `JSON.stringify`. */
export type Replacer = (this: unknown, key: string, value: unknown) => unknown;

const MOST_NAMES = 256;
/** Longer names are likely to be made up as they go, and would be kept in vain. */
const LONGEST_NAME = 64;

/** `JSON.stringify` with the result type that it has. */
const stringify: (value: unknown, replacer?: Replacer) => string | undefined = JSON.stringify;

/** Writes the data of packets, one for each parser. */
export class JsonWriter {
  readonly #replacer: Replacer | undefined;
  /** Event name to `["name",`. Never more than {@link MOST_NAMES}. */
  readonly #heads = new Map<string, string>();

  constructor(replacer: Replacer | undefined) {
    this.#replacer = replacer;
  }

  /** Nothing, for no data. @throws what `JSON.stringify` throws: a TypeError for a BigInt */
  write(data: unknown): string {
    return data === undefined || data === null ? "" : (stringify(data, this.#replacer) ?? "");
  }

  /** The same for the data of an event, and faster when that is a name with one argument. */
  writeEvent(data: readonly unknown[]): string {
    const name = (data as readonly unknown[] | undefined)?.[0];
    if (typeof name !== "string" || data.length !== 2 || this.#replacer !== undefined)
      return this.write(data);
    // In an array, what has no JSON of its own is null.
    return `${this.#heads.get(name) ?? this._addHead(name)}${stringify(data[1]) ?? "null"}]`;
  }

  private _addHead(name: string): string {
    const head = `[${JSON.stringify(name)},`;
    if (name.length <= LONGEST_NAME && this.#heads.size < MOST_NAMES) this.#heads.set(name, head);
    return head;
  }
}
