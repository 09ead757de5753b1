/** Messages of which only the newest for each key is worth sending, while the transport cannot take them. */
import type { OutgoingPacket } from "../shared/packet.ts";

interface Value {
  readonly packets: readonly OutgoingPacket[];
  readonly bytes: number;
  readonly onDropped: (() => void) | undefined;
}

/** The newest value of each key, in the order in which they were set. */
export class LatestValues {
  readonly #values = new Map<string, Value>();
  #bytes = 0;

  get size(): number {
    return this.#values.size;
  }

  /** The length of all of them, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Sets a value in place of an older one, whose `onDropped` is called. */
  set(key: string, value: Value): void {
    const older = this.#values.get(key);
    this.#values.delete(key); // so that it comes last
    this.#values.set(key, value);
    this.#bytes += value.bytes - (older?.bytes ?? 0);
    older?.onDropped?.();
  }

  /** Takes all values out, to be sent. */
  takeAll(): Iterable<Pick<Value, "packets">> {
    const values = [...this.#values.values()];
    this.clear();
    return values;
  }

  /** Drops all values. */
  drop(): void {
    const values = [...this.#values.values()];
    this.clear();
    for (const { onDropped } of values) onDropped?.();
  }

  /** Forgets all values, and tells nobody. */
  clear(): void {
    this.#values.clear();
    this.#bytes = 0;
  }
}
