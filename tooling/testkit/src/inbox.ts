/** Values that arrive by themselves and are taken one after the other. */
import { bounded } from "./bounded.ts";

/** Keeps what was put until it is taken. */
export class Inbox<T> {
  readonly #what: string;
  readonly #values: T[] = [];
  readonly #takers: ((value: T) => void)[] = [];

  /** @param what names the values in errors */
  constructor(what: string) {
    this.#what = what;
  }

  /** The values that nobody has taken yet. */
  get waiting(): readonly T[] {
    return this.#values;
  }

  put(value: T): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#values.push(value);
    else taker(value);
  }

  /** Resolves with the oldest value, which may have yet to come. */
  take(): Promise<T> {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift() as T);
    return bounded(new Promise<T>((resolve) => this.#takers.push(resolve)), this.#what);
  }
}
