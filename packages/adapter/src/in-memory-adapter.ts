/** The adapter of a single server: all sockets are here, in memory. Others extend it. */
import { Emitter, startDeadline, type Listener } from "@telsiz/events";
import type { EventPacket } from "@telsiz/parser";
import type {
  AdapterNamespace,
  AdapterSocket,
  AnswerCallback,
  ClientCountCallback,
  BroadcastOptions,
  Delivery,
  NamespaceAdapter,
  Room,
  RoomEvents,
  ServerAnswersCallback,
  SocketDetails,
  SocketId,
} from "./adapter.ts";
import type { PersistedSession, RestoredSession } from "./persisted-session.ts";
import { RoomIndex } from "./room-index.ts";
import { forEachSelected } from "./select.ts";

/** Rooms and delivery within one process. */
export class InMemoryAdapter extends Emitter<RoomEvents> implements NamespaceAdapter {
  /** The namespace that it serves. */
  readonly nsp: AdapterNamespace;
  readonly #index: RoomIndex = new RoomIndex();

  constructor(nsp: AdapterNamespace) {
    super();
    this.nsp = nsp;
  }

  get rooms(): ReadonlyMap<Room, ReadonlySet<SocketId>> {
    return this.#index.rooms;
  }

  get sids(): ReadonlyMap<SocketId, ReadonlySet<Room>> {
    return this.#index.sids;
  }

  init(): Promise<void> | void {
    // nothing to prepare in memory
  }

  close(): Promise<void> | void {
    // nothing to release in memory
  }

  serverCount(): Promise<number> {
    return Promise.resolve(1);
  }

  addAll(id: SocketId, rooms: ReadonlySet<Room>): Promise<void> | void {
    this.#index.register(id);
    for (const room of rooms) {
      const result = this.#index.add(id, room);
      if (result === "created") this.emit("create-room", room);
      if (result !== "present") this.emit("join-room", room, id);
    }
  }

  del(id: SocketId, room: Room): Promise<void> | void {
    this.#remove(id, room);
  }

  delAll(id: SocketId): Promise<void> | void {
    for (const room of [...this.#index.roomsOf(id)]) this.#remove(id, room);
    this.#index.unregister(id);
  }

  broadcast(packet: EventPacket, options: BroadcastOptions): Promise<void> | void {
    this.deliver(this.nsp._prepare(packet, options.flags ?? {}), options);
  }

  broadcastWithAck(
    packet: EventPacket,
    options: BroadcastOptions,
    onClientCount: ClientCountCallback,
    onAnswer: AnswerCallback,
  ): Promise<void> | void {
    const flags = options.flags ?? {};
    const id = this.nsp._nextAckId();
    const delivery = this.nsp._prepare({ ...packet, id }, flags);
    const waiting = new Map<SocketId, AdapterSocket>();
    let count = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.forEachSocket(options, (socket) => {
      count++;
      waiting.set(socket.id, socket);
      socket._expectAnswer(id, (...values) => {
        waiting.delete(socket.id);
        if (waiting.size === 0) clearTimeout(timer);
        onAnswer(...values);
      });
      socket._deliver(delivery);
    });
    if (waiting.size > 0) {
      timer = startDeadline(() => {
        for (const socket of waiting.values()) socket._forgetAnswer(id);
      }, flags.timeout ?? Infinity);
    }
    onClientCount(count, { [Symbol.iterator]: () => waiting.keys() });
  }

  sockets(rooms: ReadonlySet<Room>): Promise<Set<SocketId>> {
    const ids = new Set<SocketId>();
    this.forEachSocket({ rooms }, (socket) => ids.add(socket.id));
    return Promise.resolve(ids);
  }

  socketRooms(id: SocketId): ReadonlySet<Room> | undefined {
    return this.#index.sids.get(id);
  }

  fetchSockets(options: BroadcastOptions): Promise<SocketDetails[]> {
    const sockets: SocketDetails[] = [];
    this.forEachSocket(options, (socket) => sockets.push(socket));
    return Promise.resolve(sockets);
  }

  addSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void {
    for (const socket of this.#selected(options)) void socket.join(rooms);
  }

  delSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void {
    for (const socket of this.#selected(options)) for (const room of rooms) void socket.leave(room);
  }

  disconnectSockets(options: BroadcastOptions, close: boolean): Promise<void> | void {
    for (const socket of this.#selected(options)) socket.disconnect(close);
  }

  serverSideEmit(packet: unknown[]): Promise<void> | void {
    const last = packet.at(-1);
    // There is no other server: all of them have answered. Not before this method has returned, as with any other.
    if (typeof last === "function") queueMicrotask(() => (last as ServerAnswersCallback)(null, []));
  }

  /** Keeps nothing: for classes that extend it, and call it as with Socket.IO. */
  persistSession(_session: PersistedSession): Promise<void> | void {
    // kept by RecoveryStore, or not at all
  }

  /** Knows none. The server asks it only where a class that extends this one has a method of its own. */
  restoreSession(_pid: string, _offset: string): Promise<RestoredSession | null> {
    return Promise.resolve(null);
  }

  /** Hands an encoded packet to the selected sockets of this node. */
  protected deliver(delivery: Delivery, options: BroadcastOptions): void {
    this.forEachSocket(options, (socket) => socket._deliver(delivery));
  }

  /** Calls `visit` with each selected socket of this node. `visit` must not change rooms. */
  protected forEachSocket(options: BroadcastOptions, visit: (socket: AdapterSocket) => void): void {
    const { sockets } = this.nsp;
    forEachSelected(this.#index, options, (id) => {
      const socket = sockets.get(id);
      if (socket !== undefined) visit(socket);
    });
  }

  /** What a listener throws must not keep a socket from joining or leaving. */
  protected override callListener(listener: Listener, args: readonly unknown[], event: string): void {
    this.nsp._callHandler((...values) => Reflect.apply(listener, this, values) as unknown, args, event);
  }

  #remove(id: SocketId, room: Room): void {
    const result = this.#index.remove(id, room);
    if (result !== "absent") this.emit("leave-room", room, id);
    if (result === "deleted") this.emit("delete-room", room);
  }

  /** The selected sockets as a list, for what changes rooms. */
  #selected(options: BroadcastOptions): AdapterSocket[] {
    const sockets: AdapterSocket[] = [];
    this.forEachSocket(options, (socket) => sockets.push(socket));
    return sockets;
  }
}
