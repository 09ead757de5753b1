/** The transports on which a client opens one session, until it has said which of them it keeps (docs/wire.md). */
import type { TransportCloseReason } from "../shared/close-reason.ts";
import { type ControlType, lengthOf, type Message, type OutgoingPacket } from "../shared/packet.ts";
import type { Alarm, TimerWheel } from "../shared/timer-wheel.ts";
import type { TransportHandler, TransportName } from "../shared/transport.ts";
import type { ServerTransport } from "./transports/server-transport.ts";

/** Whom a contest serves: the session. */
export interface ContestOwner extends TransportHandler {
  /** The open packet, as it is on a transport of this name. */
  openPacket(name: TransportName): string;
  /** The client keeps `transport`, which has been given all that was sent. The owner becomes its handler. */
  onSettled(transport: ServerTransport): void;
}

/**
 * How long a session waits for another transport when its only one breaks before the client has said a word, in milliseconds:
 * what breaks a WebSocket as it opens makes the client try polling.
 */
const REPLACEMENT_TIMEOUT_MS = 3_000;

/** A client tries two, and a browser may send a request again. */
const MAX_CONTESTANTS = 4;

/** So much is kept for the others, by length and for each packet. Where it is more, the first transport is as good as chosen. */
const MAX_KEPT_LENGTH = 1_048_576;
const PACKET_LENGTH = 64;

/**
 * Sends the same on all of them.
 * ```
 *   Open ─── a word on one of them, or a request for it: choose() ───▶ Chosen ─── it has all ───▶ handed over
 *    │ ▲ the last one ends        │ it ends
 *    ▼ │ another comes in time    ▼
 *   Waiting ────── too late ────▶ Ended
 * ```
 */
export class Contest implements ServerTransport, Alarm {
  dueTick = 0;
  handler: TransportHandler;
  readonly #owner: ContestOwner;
  readonly #wheel: TimerWheel;
  readonly #onOver: (decided: boolean) => void;
  /** Those that are there; the first leads, which means that what is told of the transport is told of it. */
  #contestants: readonly Contestant[];
  #name: TransportName;
  /** All that was sent, the open packet first. */
  readonly #sent: OutgoingPacket[] = [];
  #sentLength = 0;
  #chosen = false;
  #closing = false;
  #over = false;
  /** How the last of them ended. */
  #loss: readonly [TransportCloseReason, unknown] = ["transport close", undefined];

  /** @param onOver called once, when no other transport may come any more */
  constructor(
    owner: ContestOwner,
    first: ServerTransport,
    wheel: TimerWheel,
    onOver: (decided: boolean) => void,
  ) {
    this.#owner = owner;
    this.handler = owner;
    this.#wheel = wheel;
    this.#onOver = onOver;
    this.#name = first.name;
    this.#contestants = [new Contestant(this, first)];
  }

  get name(): TransportName {
    return this.#name;
  }

  get writable(): boolean {
    return this.#leader?.writable ?? false;
  }

  get bufferedBytes(): number {
    return this.#leader?.transport.bufferedBytes ?? 0;
  }

  /** Whether one of this name is there. */
  has(name: string | undefined): boolean {
    return this.#contestants.some(({ transport }) => transport.name === name);
  }

  /** Another transport came. */
  add(transport: ServerTransport): void {
    if (this.#contestants.length >= MAX_CONTESTANTS) return transport.discard();
    this.#wheel.clear(this);
    const contestant = new Contestant(this, transport);
    this.#contestants = [...this.#contestants, contestant];
    this.#name = this.#leader!.transport.name;
    if (transport.writable) contestant.onDrain();
  }

  /** The client keeps the one of this name. @returns that transport, if it is there */
  settleOn(name: TransportName): ServerTransport | undefined {
    const choice = this.#contestants.find(({ transport }) => transport.name === name);
    if (choice !== undefined) this.choose(choice);
    return choice?.transport;
  }

  send(packets: readonly OutgoingPacket[]): void {
    this.#sent.push(...packets);
    for (const packet of packets) this.#sentLength += lengthOf(packet) + PACKET_LENGTH;
    for (const contestant of this.#contestants) contestant.pump();
    const leader = this.#leader;
    if (leader !== undefined && this.#sentLength > MAX_KEPT_LENGTH) this.choose(leader);
  }

  release(): void {
    this.#leader?.transport.release();
  }

  close(): void {
    this.#closing = true;
    if (this.#leader === undefined) return this.#end();
    for (const { transport } of this.#contestants) transport.close();
  }

  discard(): void {
    for (const { transport } of this.#leave(false)) transport.discard();
  }

  destroy(): void {
    for (const { transport } of this.#leave(false)) transport.destroy();
  }

  /** No other came in the place of the last one. */
  onAlarm(): void {
    this.#end();
  }

  /** How many packets were sent. For contestants, as all below. */
  get count(): number {
    return this.#sent.length;
  }

  /** What is still to be sent to one that was given `count` packets. */
  rest(count: number, name: TransportName): readonly OutgoingPacket[] {
    const rest = this.#sent.slice(count);
    if (count === 0 && rest.length > 0) rest[0] = this.#owner.openPacket(name);
    return rest;
  }

  choose(choice: Contestant): void {
    if (this.#chosen) return;
    this.#chosen = true;
    this.#name = choice.transport.name;
    for (const other of this.#leave(true)) if (other !== choice) other.transport.discard();
    this.#contestants = [choice];
    this.#handOver(choice);
  }

  onDrain(contestant: Contestant): void {
    if (this.#chosen) this.#handOver(contestant);
    else if (contestant === this.#leader) this.handler.onDrain();
  }

  onLost(contestant: Contestant, reason: TransportCloseReason, cause: unknown): void {
    const led = contestant === this.#leader;
    this.#contestants = this.#contestants.filter((one) => one !== contestant);
    this.#loss = [reason, cause];
    const leader = this.#leader;
    if (this.#chosen || (led && this.#closing)) return this.#end();
    if (leader === undefined) return this.#wheel.set(this, REPLACEMENT_TIMEOUT_MS);
    this.#name = leader.transport.name;
    if (led && leader.writable) this.handler.onDrain();
  }

  get #leader(): Contestant | undefined {
    return this.#contestants[0];
  }

  #handOver(choice: Contestant): void {
    if (choice.hasAll) this.#owner.onSettled(choice.transport);
  }

  #end(): void {
    const { handler } = this;
    for (const { transport } of this.#leave(false)) transport.discard();
    handler.onClose(...this.#loss);
  }

  /** @returns those that were there */
  #leave(decided: boolean): readonly Contestant[] {
    this.#wheel.clear(this);
    const contestants = this.#contestants;
    this.#contestants = [];
    if (!this.#over) {
      this.#over = true;
      this.#onOver(decided);
    }
    return contestants;
  }
}

/** One of the transports, and how much of what was sent it has been given. */
class Contestant implements TransportHandler {
  readonly transport: ServerTransport;
  readonly #contest: Contest;
  #count = 0;

  constructor(contest: Contest, transport: ServerTransport) {
    this.#contest = contest;
    this.transport = transport;
    transport.handler = this;
  }

  get hasAll(): boolean {
    return this.#count === this.#contest.count;
  }

  get writable(): boolean {
    return this.transport.writable && this.hasAll;
  }

  pump(): void {
    if (this.hasAll || !this.transport.writable) return;
    const packets = this.#contest.rest(this.#count, this.transport.name);
    this.#count += packets.length;
    this.transport.send(packets);
  }

  onMessage(message: Message): void {
    this.#contest.choose(this);
    this.#contest.handler.onMessage(message);
  }

  onControl(type: ControlType, data: string): void {
    this.#contest.choose(this);
    if (type !== "noop") this.#contest.handler.onControl(type, data); // that was the word alone
  }

  onDrain(): void {
    this.pump();
    if (this.transport.handler === this) this.#contest.onDrain(this); // it may have been handed over
  }

  onClose(reason: TransportCloseReason, cause?: unknown): void {
    this.#contest.onLost(this, reason, cause);
  }
}
