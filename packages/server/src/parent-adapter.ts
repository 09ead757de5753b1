/** The adapter of a parent namespace, which has no sockets of its own: what it is asked to do, its children do. */
import {
  type AdapterNamespace,
  type AnswerCallback,
  type BroadcastOptions,
  type ClientCountCallback,
  InMemoryAdapter,
  type NamespaceAdapter,
  type Room,
  type SocketId,
} from "@telsiz/adapter";
import type { EventPacket } from "@telsiz/parser";
import { ParentNamespaceError } from "./errors.ts";

/** What it sees of a child. */
interface Child {
  readonly name: string;
  readonly adapter: NamespaceAdapter;
  /** Reports what the promise of an adapter's method is rejected with. */
  _watch(outcome: Promise<void> | void, method: string): void;
}

/** Hands everything on to the adapters of the children that there are at that moment. */
export class ParentAdapter extends InMemoryAdapter {
  readonly #children: ReadonlySet<Child>;

  constructor(nsp: AdapterNamespace, children: ReadonlySet<Child>) {
    super(nsp);
    this.#children = children;
  }

  /** Each child collects answers by itself, as if it were on servers of its own. */
  override async serverCount(): Promise<number> {
    const counts = await Promise.all([...this.#children].map(({ adapter }) => adapter.serverCount()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  override broadcast(packet: EventPacket, options: BroadcastOptions): void {
    this.#forEachChild("broadcast", ({ name, adapter }) =>
      adapter.broadcast({ ...packet, nsp: name }, options),
    );
  }

  override broadcastWithAck(
    packet: EventPacket,
    options: BroadcastOptions,
    onClientCount: ClientCountCallback,
    onAnswer: AnswerCallback,
  ): void {
    this.#forEachChild("broadcastWithAck", ({ name, adapter }) =>
      adapter.broadcastWithAck({ ...packet, nsp: name }, options, onClientCount, onAnswer),
    );
  }

  override addSockets(options: BroadcastOptions, rooms: readonly Room[]): void {
    this.#forEachChild("addSockets", ({ adapter }) => adapter.addSockets(options, rooms));
  }

  override delSockets(options: BroadcastOptions, rooms: readonly Room[]): void {
    this.#forEachChild("delSockets", ({ adapter }) => adapter.delSockets(options, rooms));
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): void {
    this.#forEachChild("disconnectSockets", ({ adapter }) => adapter.disconnectSockets(options, close));
  }

  /** A child may be on other servers and not here, so that its sockets could not be found. */
  override fetchSockets(): never {
    throw new ParentNamespaceError("fetchSockets");
  }

  /** As {@link fetchSockets}. */
  override sockets(_rooms: ReadonlySet<Room>): Promise<Set<SocketId>> {
    throw new ParentNamespaceError("allSockets");
  }

  /** Other servers may have other children, whose listeners are not those of the parent. */
  override serverSideEmit(): never {
    throw new ParentNamespaceError("serverSideEmit");
  }

  #forEachChild(method: string, call: (child: Child) => Promise<void> | void): void {
    // A snapshot: who is disconnected may be a child's last client, with whom it ends.
    for (const child of [...this.#children]) child._watch(call(child), method);
  }
}
