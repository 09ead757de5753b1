/** How often one connection may ask for namespaces (security.md A2): in excess of that, it waits. */
import { type Rate, TokenBucket } from "@telsiz/events";

/** A CONNECT. */
interface Call {
  readonly name: string;
  readonly auth: object;
}

/**
 * Lets CONNECTs through in their order.
 * ```
 *            no token                    a token for the last that waits, close()
 *   Open ───────────────▶ Waiting ──────────────────────────────────────────────▶ Open
 * ```
 */
export class ConnectGate {
  readonly #bucket: TokenBucket;
  readonly #letThrough: (name: string, auth: object) => void;
  readonly #waiting: Call[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(rate: Rate, letThrough: (name: string, auth: object) => void) {
    this.#bucket = new TokenBucket(rate, performance.now());
    this.#letThrough = letThrough;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether a CONNECT may pass now; otherwise it passes later. */
  pass(name: string, auth: object): boolean {
    if (this.#waiting.length === 0 && this.#bucket.take(performance.now())) return true;
    this.#waiting.push({ name, auth });
    this.#wait();
    return false;
  }

  /** Forgets those that wait. */
  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => this.#release(), this.#bucket.waitMs(performance.now()));
  }

  #release(): void {
    this.#timer = undefined;
    const now = performance.now();
    while (this.#waiting.length > 0 && this.#bucket.take(now)) {
      const { name, auth } = this.#waiting.shift()!;
      this.#letThrough(name, auth);
    }
    if (this.#waiting.length > 0) this.#wait();
  }
}
