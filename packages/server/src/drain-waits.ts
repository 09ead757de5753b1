/** Those who wait until a connection keeps up: `socket.drained()`. */
import type { Session } from "@telsiz/engine/server";
import { AbortedError, DisconnectedError } from "@telsiz/socket";

/** How long to wait. */
export interface DrainOptions {
  /** Ends the waiting: the promise rejects with an `AbortedError`, whose `cause` is the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Of one socket. */
export class DrainWaits {
  readonly #conn: Session;
  /** What ends each wait; made when the first has to. */
  #waits: Set<(error?: Error) => void> | undefined;

  constructor(conn: Session) {
    this.#conn = conn;
  }

  /** Resolves as soon as the connection keeps up. */
  wait({ signal }: DrainOptions): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(new AbortedError(signal.reason));
    if (this.#conn.keepsUp) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waits = (this.#waits ??= new Set());
      const end = (error?: Error): void => {
        waits.delete(end);
        stopWaiting();
        signal?.removeEventListener("abort", abort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const abort = (): void => end(new AbortedError(signal?.reason));
      const stopWaiting = this.#conn.onceKeepsUp(() => end());
      waits.add(end);
      signal?.addEventListener("abort", abort);
    });
  }

  /** The socket has left. */
  rejectAll(): void {
    for (const end of [...(this.#waits ?? [])]) end(new DisconnectedError());
  }
}
