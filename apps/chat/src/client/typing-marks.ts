/** Who is typing where. A mark fades by itself: nobody says when they stop. */

/** How long a mark stays after the last sign, in milliseconds. */
const FADE = 3500;

export class TypingMarks {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Names of those who are typing, in the order in which they started. */
  get names(): string[] {
    return [...this.#timers.keys()];
  }

  set(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(
      name,
      setTimeout(() => this.clear(name), FADE),
    );
    this.#onChange();
  }

  clear(name: string): void {
    clearTimeout(this.#timers.get(name));
    if (this.#timers.delete(name)) this.#onChange();
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
