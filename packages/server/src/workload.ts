/** What a client's handlers are at work on, so that a server that goes down can let them finish. */

/** Of one socket. */
export class Workload {
  #count = 0;
  #waiting: (() => void)[] | undefined;

  /** How many pieces of work have begun and not ended: events that wait for their answer, promises that are not settled. */
  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count > 0) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const goOn of waiting ?? []) goOn();
  }

  /** Resolves when nothing is at work. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#waiting ??= []).push(resolve));
  }
}
