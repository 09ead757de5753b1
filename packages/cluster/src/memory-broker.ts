/** The broker of nodes in one process: frames are handed over in memory. Every other broker does what it does. */
import type { Broker, BrokerSink } from "./broker.ts";
import { MemoryKv } from "./memory-kv.ts";
import { MemoryLog, MemoryStreams } from "./memory-log.ts";

/** What nodes in one process share. */
export class MemoryHub {
  readonly #channels = new Map<string, Set<MemoryBroker>>();
  /** What was sent, for recovery. */
  readonly _streams: MemoryStreams = new MemoryStreams();
  /** Sessions. */
  readonly _kv: MemoryKv = new MemoryKv();

  /** Hands a frame to all that subscribe to the channel, each in a turn of its own, in the order in which it was given them. */
  _publish(channel: string, frame: Uint8Array): void {
    for (const broker of this.#channels.get(channel) ?? []) queueMicrotask(() => broker._receive(frame));
  }

  /** Adds a subscriber. */
  _subscribe(channel: string, broker: MemoryBroker): void {
    const subscribers = this.#channels.get(channel);
    if (subscribers === undefined) this.#channels.set(channel, new Set([broker]));
    else subscribers.add(broker);
  }

  /** Takes a subscriber away. */
  _unsubscribe(channel: string, broker: MemoryBroker): void {
    const subscribers = this.#channels.get(channel);
    subscribers?.delete(broker);
    if (subscribers?.size === 0) this.#channels.delete(channel);
  }
}

/** One node's end of a {@link MemoryHub}. */
export class MemoryBroker implements Broker {
  readonly log: MemoryLog;
  readonly kv: MemoryKv;
  readonly #hub: MemoryHub;
  readonly #channels = new Set<string>();
  /** `undefined` while it is not open. */
  #sink: BrokerSink | undefined;

  constructor(hub: MemoryHub) {
    this.#hub = hub;
    this.log = new MemoryLog(hub._streams);
    this.kv = hub._kv;
  }

  open(sink: BrokerSink): Promise<void> {
    this.#sink = sink;
    return Promise.resolve();
  }

  close(): Promise<void> {
    for (const channel of this.#channels) this.#hub._unsubscribe(channel, this);
    this.#channels.clear();
    this.#sink = undefined;
    return Promise.resolve();
  }

  publish(channel: string, frame: Uint8Array): void {
    if (this.#sink !== undefined) this.#hub._publish(channel, frame);
  }

  subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    this.#hub._subscribe(channel, this);
    return Promise.resolve();
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel);
    this.#hub._unsubscribe(channel, this);
  }

  /** A frame is there for it. */
  _receive(frame: Uint8Array): void {
    this.#sink?.onFrame(frame);
  }
}
