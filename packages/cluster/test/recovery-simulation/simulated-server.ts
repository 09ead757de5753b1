/** One server of a simulation: a node of the cluster with one namespace, which lets clients in as the real one does. */
import type {
  AdapterNamespace,
  AdapterSocket,
  BroadcastFlags,
  Delivery,
  LostSession,
  Room,
  SocketId,
} from "@telsiz/adapter";
import { type EventPacket, PacketType } from "@telsiz/parser";
import type { Broker } from "../../src/broker.ts";
import { ClusterNode } from "../../src/cluster-node.ts";
import { RecoveringAdapter } from "../../src/recovering-adapter.ts";
import type { SimulatedBroker, SimulatedNetwork } from "../simulation/simulated-network.ts";
import { ProcessClock, type VirtualTime } from "../simulation/virtual-time.ts";
import type { Link } from "./simulated-client.ts";
import type { SimulatedStore } from "./simulated-store.ts";

interface SentDelivery extends Delivery {
  readonly offset: string | undefined;
}

class SimulatedSocket implements AdapterSocket {
  readonly handshake: unknown = {};
  readonly data: unknown = {};
  readonly id: SocketId;
  readonly pid: string;
  readonly link: Link;
  readonly #server: SimulatedServer;

  constructor(server: SimulatedServer, id: SocketId, pid: string, link: Link) {
    this.#server = server;
    this.id = id;
    this.pid = pid;
    this.link = link;
  }

  get rooms(): ReadonlySet<Room> {
    return this.#server.adapter.socketRooms(this.id) ?? new Set();
  }

  join(rooms: Room | readonly Room[]): Promise<void> | void {
    return this.#server.adapter.addAll(this.id, new Set(typeof rooms === "string" ? [rooms] : rooms));
  }

  leave(room: Room): Promise<void> | void {
    return this.#server.adapter.del(this.id, room);
  }

  disconnect(): void {
    this.#server.lose(this.id);
  }

  _deliver({ packet: { data }, ...delivery }: Delivery): void {
    const { offset } = delivery as SentDelivery;
    this.link.bring({ data: data as [string, number], offset });
  }

  _expectAnswer(): void {
    // nobody asks
  }

  _forgetAnswer(): void {
    // nobody asks
  }
}

export class SimulatedServer implements AdapterNamespace {
  readonly name = "/";
  readonly sockets: Map<SocketId, SimulatedSocket> = new Map();
  readonly adapter: RecoveringAdapter;
  readonly node: ClusterNode;
  /** How much it has sent, by stream. */
  readonly sent: Map<string, number> = new Map();
  isRunning = true;
  readonly #clock: ProcessClock;
  readonly #broker: SimulatedBroker;
  readonly #links = new Set<Link>();
  #pids = 0;

  constructor(
    time: VirtualTime,
    network: SimulatedNetwork,
    store: SimulatedStore,
    place: number,
    maxPackets: number,
    onGap: () => void,
  ) {
    this.#clock = new ProcessClock(time);
    this.#broker = network.connect(place, this.#clock);
    const broker: Broker = Object.assign(this.#broker, store.connect(this.#clock));
    this.node = new ClusterNode(broker, {}, this.#clock);
    this.node.open({
      onGap: ({ reason }) => {
        if (reason === "history") onGap();
      },
      onError: () => undefined,
    });
    const limits = { maxDisconnectionDuration: 120_000, maxPackets, maxBytes: 1_000_000 };
    const adapter = this.node.adapterOf(this, limits);
    if (!(adapter instanceof RecoveringAdapter)) throw new TypeError("the store is not used");
    this.adapter = adapter;
    this.adapter.init();
  }

  /** A client wants to come in. @param delayMs how long a middleware takes */
  connect(link: Link, pid: string | undefined, offset: string | undefined, delayMs: number): void {
    this.#links.add(link);
    this.#clock.run(() => {
      const holder = pid === undefined ? undefined : this.adapter.holderOf(pid);
      if (holder !== undefined) this._onMoved(holder);
      void (pid === undefined ? Promise.resolve(undefined) : this.adapter.take(pid, offset)).then((lost) => {
        this.#clock.after(delayMs, () => void this.#letIn(link, lost));
      });
    });
  }

  /** Sends the next event of a stream. */
  emit(
    stream: string,
    to: { readonly room?: Room; readonly socket?: SocketId; readonly flags?: BroadcastFlags },
  ): void {
    this.#clock.run(() => {
      if (!this.isRunning || (to.socket !== undefined && !this.sockets.has(to.socket))) return;
      const number = (this.sent.get(stream) ?? 0) + 1;
      this.sent.set(stream, number);
      const packet: EventPacket = { type: PacketType.EVENT, nsp: "/", data: [stream, number] };
      if (to.socket !== undefined) this.adapter.sendTo(to.socket, packet, to.flags ?? {});
      else {
        const rooms = new Set(to.room === undefined ? [] : [to.room]);
        this.adapter.broadcast(packet, { rooms, flags: to.flags ?? {} });
      }
    });
  }

  /** A connection is found lost. */
  lose(id: SocketId): void {
    this.#clock.run(() => {
      const socket = this.sockets.get(id);
      if (socket === undefined) return;
      this.adapter.suspend(socket.pid, { data: socket.data });
      this.adapter.delAll(id);
      this.sockets.delete(id);
    });
  }

  freeze(ms: number): void {
    this.#clock.stop(ms);
  }

  crash(): void {
    this.isRunning = false;
    this.#broker.kill();
    for (const link of this.#links) link.cut();
  }

  async #letIn(link: Link, lost: LostSession | undefined): Promise<void> {
    const giveUp = (): void => {
      if (lost === undefined) return;
      this.adapter.delAll(lost.sid);
      this.adapter.putBack(lost);
    };
    if (!link.isOpen()) return giveUp();
    const resumed = lost && (await this.adapter.resume(lost));
    if (!link.isOpen()) return giveUp();
    if (lost !== undefined && resumed === undefined) {
      giveUp();
      return this.#letIn(link, undefined);
    }
    const id = lost?.sid ?? this.node.newSocketId();
    const pid = lost?.pid ?? `${this.node.id}-${++this.#pids}`;
    const socket = new SimulatedSocket(this, id, pid, link);
    this.sockets.set(id, socket);
    if (lost === undefined) {
      this.adapter.open(pid, id);
      this.#watch(this.adapter.addAll(id, new Set([id])));
    }
    for (const delivery of resumed?.missed ?? []) socket._deliver(delivery);
    link.answer({ pid, id, offset: this.adapter.offset, server: this });
    if (lost === undefined) this.#watch(socket.join("room"));
  }

  #watch(outcome: Promise<void> | void): void {
    outcome?.catch(() => undefined); // the application is told
  }

  // For the adapter

  _prepare(packet: EventPacket, flags: BroadcastFlags, offset?: string): SentDelivery {
    return { packet, flags, byteLength: 10, offset };
  }

  _messagesOf({ packet, ...delivery }: Delivery): readonly string[] {
    return [JSON.stringify({ packet, offset: (delivery as SentDelivery).offset })];
  }

  _restore([text]: readonly (string | Uint8Array)[], flags: BroadcastFlags): SentDelivery {
    const { packet, offset } = JSON.parse(String(text)) as { packet: EventPacket; offset?: string };
    return this._prepare(packet, flags, offset);
  }

  _nextAckId(): number {
    return 0;
  }

  _callHandler(handler: (...args: never[]) => unknown, args: readonly unknown[]): void {
    handler(...(args as never[]));
  }

  _onServerSideEmit(): void {
    // nobody does
  }

  _onHandlerError(): void {
    // the store fails as it is told to
  }

  _onSessionsExpired(): void {
    // it stays
  }

  _onMoved(id: SocketId): void {
    const socket = this.sockets.get(id);
    this.lose(id);
    socket?.link.cut();
  }
}
