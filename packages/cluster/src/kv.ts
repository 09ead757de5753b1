/** The seam between the cluster and what keeps sessions: values by key, for a time. */
export interface Kv {
  /** What was put last, unless its time is over. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps a value in place of the one before. @param ttlMs for how long, in milliseconds; may be `Infinity` */
  put(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  /** Takes a value out in one step, if it is this one still. @returns whether it was */
  take(key: string, value: Uint8Array): Promise<boolean>;
  /** Keeps a value for so long from now on, if it is there. */
  touch(key: string, ttlMs: number): Promise<void>;
  /** Forgets a value. */
  remove(key: string): Promise<void>;
}
