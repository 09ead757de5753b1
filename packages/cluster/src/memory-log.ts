/** Streams of nodes in one process. Every other log does what it does. */
import { type Clock, systemClock } from "./clock.ts";
import type { Log, LogLimits, LogSlice, Producer } from "./log.ts";

interface Entry {
  readonly frame: Uint8Array;
  readonly at: number;
}

/** Producers that a stream remembers: those that appended to it last. */
const PRODUCERS = 1_000;

/** A stream: what is kept of it, and how far those who append have come. */
class Stream {
  readonly #entries = new Map<number, Entry>();
  readonly #producers = new Map<string, number>();
  #bytes = 0;
  head = 0;
  expiresAt = Infinity;

  /** The first position that is kept, or would be. */
  get tail(): number {
    return this.head - this.#entries.size + 1;
  }

  /** @returns those that were new */
  append(
    frames: readonly Uint8Array[],
    { id, seq }: Producer,
    limits: LogLimits,
    now: number,
  ): readonly Uint8Array[] {
    const last = this.#producers.get(id) ?? seq - 1;
    const added = frames.slice(Math.max(0, last + 1 - seq));
    this.#producers.delete(id);
    this.#producers.set(id, Math.max(last, seq + frames.length - 1));
    if (this.#producers.size > PRODUCERS) this.#producers.delete(this.#producers.keys().next().value!);
    for (const frame of added) {
      this.#entries.set(++this.head, { frame, at: now });
      this.#bytes += frame.length;
    }
    this.#trim(limits, now);
    return added;
  }

  read(after: number, limit: number): { readonly first: number; readonly frames: readonly Uint8Array[] } {
    const first = Math.max(after + 1, this.tail);
    const frames: Uint8Array[] = [];
    for (let at = first; at <= this.head && frames.length < limit; at++)
      frames.push(this.#entries.get(at)!.frame);
    return { first, frames };
  }

  #trim({ maxFrames, maxBytes, maxAgeMs }: LogLimits, now: number): void {
    for (const [position, { frame, at }] of this.#entries) {
      const isFull = this.#entries.size > maxFrames || this.#bytes > maxBytes;
      if (position === this.head || (!isFull && at >= now - maxAgeMs)) return;
      this.#entries.delete(position);
      this.#bytes -= frame.length;
    }
  }
}

/** How often streams whose time is over are looked for, at most, in milliseconds. */
const SWEEP_MS = 10_000;

/** What nodes in one process share; each follows it through a {@link MemoryLog} of its own. */
export class MemoryStreams {
  /** Of all its streams. */
  #epoch: string = crypto.randomUUID();
  readonly #clock: Clock;
  readonly #streams = new Map<string, Stream>();
  readonly #followers = new Map<string, Set<MemoryLog>>();
  #sweptAt = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** How many streams there are. */
  get size(): number {
    return this.#streams.size;
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** Forgets everything, as a log without a disk that starts anew. */
  forget(): void {
    this.#epoch = crypto.randomUUID();
    this.#streams.clear();
  }

  append(stream: string, frames: readonly Uint8Array[], producer: Producer, limits: LogLimits): void {
    this.#sweep();
    const now = this.#clock.now();
    let known = this.#streams.get(stream);
    if (known === undefined) this.#streams.set(stream, (known = new Stream()));
    const added = known.append(frames, producer, limits, now);
    known.expiresAt = now + (limits.ttlMs ?? Infinity);
    if (added.length === 0) return;
    const { head } = known;
    const slice: LogSlice = { epoch: this.epoch, first: head - added.length + 1, frames: added, head };
    for (const log of this.#followers.get(stream) ?? []) queueMicrotask(() => log._receive(stream, slice));
  }

  read(stream: string, after: number, limit: number): LogSlice {
    const known = this.#streams.get(stream) ?? new Stream();
    return { epoch: this.epoch, ...known.read(after, limit), head: known.head };
  }

  touch(stream: string, ttlMs: number): void {
    const known = this.#streams.get(stream);
    if (known !== undefined) known.expiresAt = this.#clock.now() + ttlMs;
  }

  remove(stream: string): void {
    this.#streams.delete(stream);
  }

  follow(stream: string, log: MemoryLog): void {
    const followers = this.#followers.get(stream);
    if (followers === undefined) this.#followers.set(stream, new Set([log]));
    else followers.add(log);
  }

  unfollow(stream: string, log: MemoryLog): void {
    const followers = this.#followers.get(stream);
    followers?.delete(log);
    if (followers?.size === 0) this.#followers.delete(stream);
  }

  #sweep(): void {
    const now = this.#clock.now();
    if (now < this.#sweptAt + SWEEP_MS) return;
    this.#sweptAt = now;
    for (const [name, { expiresAt }] of this.#streams) if (expiresAt <= now) this.#streams.delete(name);
  }
}

/** One node's end of {@link MemoryStreams}. */
export class MemoryLog implements Log {
  readonly #streams: MemoryStreams;
  readonly #followed = new Map<string, (slice: LogSlice) => void>();

  constructor(streams: MemoryStreams) {
    this.#streams = streams;
  }

  append(
    stream: string,
    frames: readonly Uint8Array[],
    producer: Producer,
    limits: LogLimits,
  ): Promise<void> {
    this.#streams.append(stream, frames, producer, limits);
    return Promise.resolve();
  }

  read(stream: string, after: number, limit: number): Promise<LogSlice> {
    return Promise.resolve(this.#streams.read(stream, after, limit));
  }

  follow(stream: string, onSlice: (slice: LogSlice) => void): Promise<void> {
    this.#followed.set(stream, onSlice);
    this.#streams.follow(stream, this);
    return Promise.resolve();
  }

  unfollow(stream: string): void {
    this.#followed.delete(stream);
    this.#streams.unfollow(stream, this);
  }

  touch(stream: string, ttlMs: number): Promise<void> {
    this.#streams.touch(stream, ttlMs);
    return Promise.resolve();
  }

  remove(stream: string): Promise<void> {
    this.#streams.remove(stream);
    return Promise.resolve();
  }

  /** Frames were appended to what it follows. */
  _receive(stream: string, slice: LogSlice): void {
    this.#followed.get(stream)?.(slice);
  }
}
