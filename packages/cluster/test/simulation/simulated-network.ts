/** A broker that does its worst, the same for the same seed: it loses, delays, doubles and reorders frames, and parts nodes. */
import type { Broker, BrokerSink } from "../../src/broker.ts";
import type { ProcessClock, VirtualTime } from "./virtual-time.ts";

/** How bad it is. */
export interface Faults {
  /** The share of frames that are lost on their way to one node. */
  readonly loss: number;
  /** The share of frames that come twice. */
  readonly doubled: number;
  /** How long a frame takes at most, in milliseconds: those behind it may overtake it. */
  readonly jitter: number;
}

export const NO_FAULTS: Faults = { loss: 0, doubled: 0, jitter: 0 };

/** What may be done to a frame on its way, to plant a bug: `undefined` drops it. */
export type Tamper = (channel: string, frame: Uint8Array) => Uint8Array | undefined;

/** Joins the brokers of all nodes. */
export class SimulatedNetwork {
  faults: Faults = NO_FAULTS;
  tamper: Tamper = (_channel, frame) => frame;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #brokers: SimulatedBroker[] = [];
  /** From whom to whom nothing comes. */
  readonly #cut = new Set<string>();

  constructor(time: VirtualTime, random: () => number) {
    this.#time = time;
    this.#random = random;
  }

  /** The broker of one process. */
  connect(place: number, clock: ProcessClock): SimulatedBroker {
    const broker = new SimulatedBroker(this, place, clock);
    this.#brokers.push(broker);
    return broker;
  }

  /** Nothing comes from one place to another any more. */
  cut(from: number, to: number): void {
    this.#cut.add(`${from} ${to}`);
  }

  /** Everything comes everywhere again. */
  heal(): void {
    this.#cut.clear();
  }

  carry(from: number, channel: string, original: Uint8Array): void {
    const frame = this.tamper(channel, original);
    if (frame === undefined) return;
    for (const broker of this.#brokers) {
      if (!broker.wants(channel) || this.#cut.has(`${from} ${broker.place}`)) continue;
      if (this.#random() >= this.faults.loss) this.#deliver(broker, frame);
      if (this.#random() < this.faults.doubled) this.#deliver(broker, frame);
    }
  }

  #deliver(broker: SimulatedBroker, frame: Uint8Array): void {
    // Without jitter all take the same time, so that their order stays.
    const delayMs = 1 + Math.floor(this.#random() * this.faults.jitter);
    this.#time.after(delayMs, () => broker.receive(frame));
  }
}

/** One process's end of it. */
export class SimulatedBroker implements Broker {
  readonly place: number;
  readonly #network: SimulatedNetwork;
  readonly #clock: ProcessClock;
  readonly #channels = new Set<string>();
  #sink: BrokerSink | undefined;
  #isDead = false;

  constructor(network: SimulatedNetwork, place: number, clock: ProcessClock) {
    this.#network = network;
    this.place = place;
    this.#clock = clock;
  }

  open(sink: BrokerSink): Promise<void> {
    this.#sink = sink;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#channels.clear();
    this.#sink = undefined;
    return Promise.resolve();
  }

  publish(channel: string, frame: Uint8Array): void {
    if (!this.#isDead && this.#sink !== undefined) this.#network.carry(this.place, channel, frame);
  }

  subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    return Promise.resolve();
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel);
  }

  wants(channel: string): boolean {
    return !this.#isDead && this.#channels.has(channel);
  }

  /** A frame is there; a process that stands still reads it later. */
  receive(frame: Uint8Array): void {
    this.#clock.run(() => this.#sink?.onFrame(frame));
  }

  /** The process is gone, from one moment to the other. */
  kill(): void {
    this.#isDead = true;
    this.#sink = undefined;
    this.#clock.stop(Infinity);
  }
}
