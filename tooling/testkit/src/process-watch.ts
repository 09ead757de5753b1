/** Sees what would end a process: exceptions and rejections that nobody handles. */

const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

/** Collects them from {@link ProcessWatch.start} on. */
export class ProcessWatch {
  /** What escaped. */
  readonly escaped: unknown[] = [];
  readonly #record = (error: unknown): void => {
    this.escaped.push(error);
  };

  start(): void {
    for (const event of EVENTS) process.on(event, this.#record);
  }

  stop(): void {
    for (const event of EVENTS) process.off(event, this.#record);
  }
}
