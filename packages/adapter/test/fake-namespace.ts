/** A namespace and sockets for an adapter to work on, without anything behind them. */
import type { Listener } from "@telsiz/events";
import type { EventPacket } from "@telsiz/parser";
import type {
  AdapterNamespace,
  AdapterSocket,
  AnswerCallback,
  BroadcastFlags,
  Delivery,
  InMemoryAdapter,
  Room,
  SocketId,
} from "../src/index.ts";

/** A socket that writes down what it is told. */
export class FakeSocket implements AdapterSocket {
  readonly id: SocketId;
  readonly handshake: unknown = {};
  readonly data: unknown = {};
  readonly delivered: Delivery[] = [];
  /** With which values of `close` it was disconnected. */
  readonly disconnects: (boolean | undefined)[] = [];
  /** The answers that are awaited. */
  readonly expected: Map<number, AnswerCallback> = new Map();
  /** Called when a packet is delivered. */
  onDelivery: (() => void) | undefined;
  readonly #nsp: FakeNamespace;

  constructor(nsp: FakeNamespace, id: SocketId) {
    this.#nsp = nsp;
    this.id = id;
  }

  get rooms(): ReadonlySet<Room> {
    return this.#nsp.adapter.socketRooms(this.id) ?? new Set();
  }

  join(rooms: Room | readonly Room[]): Promise<void> | void {
    return this.#nsp.adapter.addAll(this.id, new Set(typeof rooms === "string" ? [rooms] : rooms));
  }

  leave(room: Room): Promise<void> | void {
    return this.#nsp.adapter.del(this.id, room);
  }

  disconnect(close?: boolean): void {
    this.disconnects.push(close);
    void this.#nsp.adapter.delAll(this.id);
    this.#nsp.sockets.delete(this.id);
  }

  _deliver(delivery: Delivery): void {
    this.delivered.push(delivery);
    this.onDelivery?.();
  }

  _expectAnswer(id: number, onAnswer: AnswerCallback): void {
    this.expected.set(id, onAnswer);
  }

  _forgetAnswer(id: number): void {
    this.expected.delete(id);
  }

  /** The client answers the packet with this id. */
  answer(id: number, ...values: unknown[]): void {
    const onAnswer = this.expected.get(id);
    this.expected.delete(id);
    onAnswer?.(...values);
  }
}

/** What tells packets apart that were prepared. */
export interface FakeDelivery extends Delivery {
  /** What goes behind the event's arguments. */
  readonly offset: string | undefined;
}

/** A namespace with an adapter of its own. */
export class FakeNamespace<A extends InMemoryAdapter = InMemoryAdapter> implements AdapterNamespace {
  readonly name = "/";
  readonly sockets: Map<SocketId, FakeSocket> = new Map();
  /** What was encoded. */
  readonly prepared: Delivery[] = [];
  /** What listeners threw. */
  readonly faults: [error: unknown, event: string][] = [];
  /** What other servers sent. */
  readonly raised: unknown[] = [];
  /** How often it was told that no lost session is kept any more. */
  expiries = 0;
  readonly adapter: A;
  #lastId = 6;

  constructor(createAdapter: (nsp: AdapterNamespace) => A) {
    this.adapter = createAdapter(this);
  }

  _prepare(packet: EventPacket, flags: BroadcastFlags, offset?: string): FakeDelivery {
    const delivery = { packet, flags, byteLength: JSON.stringify(packet.data).length, offset };
    this.prepared.push(delivery);
    return delivery;
  }

  _messagesOf({ packet }: Delivery): readonly string[] {
    return [JSON.stringify(packet)];
  }

  _restore([text]: readonly (string | Uint8Array)[], flags: BroadcastFlags): FakeDelivery {
    return this._prepare(JSON.parse(String(text)) as EventPacket, flags);
  }

  _nextAckId(): number {
    return ++this.#lastId;
  }

  _callHandler(handler: Listener, args: readonly unknown[], event: string): void {
    try {
      handler(...args);
    } catch (error) {
      this.faults.push([error, event]);
    }
  }

  _onHandlerError(error: unknown, _socket: undefined, method: string): void {
    this.faults.push([error, method]);
  }

  _onServerSideEmit(packet: unknown): void {
    this.raised.push(packet);
  }

  _onSessionsExpired(): void {
    this.expiries++;
  }

  _onMoved(id: SocketId): void {
    this.sockets.delete(id);
  }

  /** A socket connects and joins `rooms`. */
  add(id: SocketId, ...rooms: Room[]): FakeSocket {
    const socket = this.revive(id);
    void this.adapter.addAll(id, new Set([id, ...rooms]));
    return socket;
  }

  /** A socket that has its rooms already is connected. */
  revive(id: SocketId): FakeSocket {
    const socket = new FakeSocket(this, id);
    this.sockets.set(id, socket);
    return socket;
  }
}
