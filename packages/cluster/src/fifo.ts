/** A queue that is read by position, too: the first goes in constant time however long it is. */

/** Above so many empty places in front, and more than half of all, they are given back. */
const COMPACT_ABOVE = 64;

/** First in, first out. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  /** Places in front that are empty. */
  #start = 0;

  /** How many are in it. */
  get size(): number {
    return this.#items.length - this.#start;
  }

  /** Adds one at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes out the first. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#start];
    this.#items[this.#start++] = undefined;
    if (this.#start > COMPACT_ABOVE && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return item;
  }

  /** The one at a position, zero being the first. */
  at(index: number): T | undefined {
    return this.#items[this.#start + index];
  }
}
