/**
 * Collects connections with pending output and flushes all of them at the end of the loop turn, so that everything
 * a connection sends in one turn leaves with one system call.
 */

/** What has output to flush. */
export interface Flushable {
  /** Hands the pending output on. Does not throw. */
  flush(): void;
}

/** One list for all connections, and one `setImmediate` for the list. */
export class Flusher {
  #pending: Flushable[] = [];
  readonly #defer: (run: () => void) => void;
  readonly #run: () => void = () => this.#flushAll();

  /** @param defer calls `run` at the end of the loop turn; replaced in tests */
  constructor(defer: (run: () => void) => void = setImmediate) {
    this.#defer = defer;
  }

  /** Flushes `output` at the end of the turn. The caller sees to it that it does not ask twice. */
  schedule(output: Flushable): void {
    if (this.#pending.push(output) === 1) this.#defer(this.#run);
  }

  #flushAll(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const output of pending) output.flush();
  }
}
