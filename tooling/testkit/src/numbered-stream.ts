/** Watches a stream of numbered messages for what is lost, doubled or out of order. */

/** Takes the numbers as they arrive: 0, 1, 2 and so on if all is well. */
export class NumberedStream {
  readonly #length: number;
  readonly #faults: string[] = [];
  #next = 0;

  /** @param length how many are to come */
  constructor(length: number) {
    this.#length = length;
  }

  /** Whether the last number has come. */
  get complete(): boolean {
    return this.#next >= this.#length;
  }

  /** What was wrong, at most a few of it; empty after a stream without fault. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  receive(number: number): void {
    const expected = this.complete ? "nothing" : this.#next;
    if (number !== expected && this.#faults.length < 10)
      this.#faults.push(`${number} instead of ${expected}`);
    if (number >= this.#next) this.#next = number + 1;
  }
}
