/** Drafts on their way to the server, in the order in which they were written. See {@link Status} for the picture. */
import { AckError } from "@telsiz/events";
import type { Draft, Receipt } from "../contract.ts";
import { problemOf } from "./requests.ts";

/** A draft, and the bytes of its file. */
export interface Parcel {
  readonly draft: Draft;
  readonly bytes?: Blob | undefined;
}

/** What the outbox tells its owner, and what it asks of it. */
export interface OutboxOwner {
  readonly isConnected: boolean;
  /** Rejects when it was turned down, when no answer came in time, or when the connection was lost. */
  send(parcel: Parcel): Promise<Receipt>;
  onSending(draft: Draft): void;
  onWaiting(draft: Draft): void;
  onSent(draft: Draft, receipt: Receipt): void;
  onFailed(draft: Draft, problem: string): void;
}

export class Outbox {
  readonly #owner: OutboxOwner;
  /** Neither sent nor on the way; sent by the next {@link flush}. */
  readonly #waiting = new Map<string, Parcel>();
  readonly #failed = new Map<string, Parcel>();

  constructor(owner: OutboxOwner) {
    this.#owner = owner;
  }

  /** How many wait for the connection. */
  get size(): number {
    return this.#waiting.size;
  }

  add(parcel: Parcel): void {
    this.#waiting.set(parcel.draft.key, parcel);
    this.flush();
  }

  /** Tries a failed draft again. The server knows it by its key, should it have come through after all. */
  retry(key: string): void {
    const parcel = this.#failed.get(key);
    if (!parcel) return;
    this.#failed.delete(key);
    this.#owner.onWaiting(parcel.draft);
    this.add(parcel);
  }

  /** Sends what waits, in order. Called whenever the connection is back. */
  flush(): void {
    if (!this.#owner.isConnected) return;
    const parcels = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const parcel of parcels) void this.#send(parcel);
  }

  async #send(parcel: Parcel): Promise<void> {
    const { draft } = parcel;
    this.#owner.onSending(draft);
    try {
      this.#owner.onSent(draft, await this.#owner.send(parcel));
    } catch (error) {
      if (this.#owner.isConnected || error instanceof AckError) this.#fail(parcel, problemOf(error));
      else this.#wait(parcel);
    }
  }

  #wait(parcel: Parcel): void {
    this.#waiting.set(parcel.draft.key, parcel);
    this.#owner.onWaiting(parcel.draft);
  }

  #fail(parcel: Parcel, problem: string): void {
    this.#failed.set(parcel.draft.key, parcel);
    this.#owner.onFailed(parcel.draft, problem);
  }
}
