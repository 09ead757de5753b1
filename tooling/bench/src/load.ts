/** What is done to a server under test. */

/** One kind of work against one server, started and stopped round by round. */
export interface Load {
  /** Work done since the beginning, in the row's unit. */
  readonly done: number;
  /** Opens what it needs. */
  open(): Promise<void>;
  /** Begins to work, or goes on. */
  start(): void;
  /** Begins nothing more. Resolves when all that was begun has been answered. */
  stop(): Promise<void>;
  /** Drops what it has open. */
  close(): void;
}
