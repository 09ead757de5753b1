/** Which servers have not responded to a request yet. */
import type { ServerId } from "./cluster-message.ts";

/** The servers of which a response is due. Each counts once. */
export interface AwaitedServers {
  /** Whether none is due any more. */
  readonly complete: boolean;
  /** A response came. `false` if its server had responded before. */
  respond(uid: ServerId): boolean;
  /** A server has gone. @returns whether its response was due */
  forget(uid: ServerId): boolean;
  /** Those that have not responded, as far as they are known. */
  readonly missing: readonly ServerId[];
  /** Says what is missing. */
  describeTimeout(): string;
}

/** Where only the number of the servers is known. */
export class CountedServers implements AwaitedServers {
  readonly missing: readonly ServerId[] = [];
  readonly #expected: number;
  readonly #responded = new Set<ServerId>();

  constructor(expected: number) {
    this.#expected = expected;
  }

  get complete(): boolean {
    return this.#responded.size >= this.#expected;
  }

  respond(uid: ServerId): boolean {
    if (this.#responded.has(uid)) return false;
    this.#responded.add(uid);
    return true;
  }

  forget(_uid: ServerId): boolean {
    return false; // whether it was among those that were counted is not known
  }

  describeTimeout(): string {
    return `timeout reached: only ${this.#responded.size} responses received out of ${this.#expected}`;
  }
}

/** Where the servers are known by their ids. One that came later may respond as well. */
export class NamedServers implements AwaitedServers {
  readonly #missing: Set<ServerId>;
  readonly #responded = new Set<ServerId>();

  constructor(servers: Iterable<ServerId>) {
    this.#missing = new Set(servers);
  }

  get complete(): boolean {
    return this.#missing.size === 0;
  }

  get missing(): readonly ServerId[] {
    return [...this.#missing];
  }

  respond(uid: ServerId): boolean {
    this.#missing.delete(uid);
    if (this.#responded.has(uid)) return false;
    this.#responded.add(uid);
    return true;
  }

  forget(uid: ServerId): boolean {
    return this.#missing.delete(uid);
  }

  describeTimeout(): string {
    return `timeout reached: missing ${this.#missing.size} responses`;
  }
}
