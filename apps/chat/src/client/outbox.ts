/** Drafts on their way to the server, in the order in which they were written. See {@link Status} for the picture. */
import type { Draft, Receipt, Reply } from "../events.ts";

/** What the outbox tells its owner, and what it asks of it. */
export interface OutboxOwner {
  readonly isConnected: boolean;
  /** Rejects when no answer came in time, or when the connection was lost. */
  send(draft: Draft): Promise<Reply<Receipt>>;
  onSending(draft: Draft): void;
  onWaiting(draft: Draft): void;
  onSent(draft: Draft, receipt: Receipt): void;
  onFailed(draft: Draft, problem: string): void;
}

export class Outbox {
  readonly #owner: OutboxOwner;
  /** Neither sent nor on the way; sent by the next {@link flush}. */
  readonly #waiting = new Map<string, Draft>();
  readonly #failed = new Map<string, Draft>();

  constructor(owner: OutboxOwner) {
    this.#owner = owner;
  }

  add(draft: Draft): void {
    this.#waiting.set(draft.key, draft);
    this.flush();
  }

  /** Tries a failed draft again. The server knows it by its key, should it have come through after all. */
  retry(key: string): void {
    const draft = this.#failed.get(key);
    if (!draft) return;
    this.#failed.delete(key);
    this.#owner.onWaiting(draft);
    this.add(draft);
  }

  /** Sends what waits, in order. Called whenever the connection is back. */
  flush(): void {
    if (!this.#owner.isConnected) return;
    const drafts = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const draft of drafts) void this.#send(draft);
  }

  async #send(draft: Draft): Promise<void> {
    this.#owner.onSending(draft);
    try {
      const answer = await this.#owner.send(draft);
      if (answer.ok) this.#owner.onSent(draft, answer.value);
      else this.#fail(draft, answer.problem);
    } catch {
      if (this.#owner.isConnected) this.#fail(draft, "No answer came in time.");
      else this.#wait(draft);
    }
  }

  #wait(draft: Draft): void {
    this.#waiting.set(draft.key, draft);
    this.#owner.onWaiting(draft);
  }

  #fail(draft: Draft, problem: string): void {
    this.#failed.set(draft.key, draft);
    this.#owner.onFailed(draft, problem);
  }
}
