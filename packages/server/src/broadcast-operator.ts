/** A broadcast in the making: which sockets it means and how it is sent. Immutable; each modifier returns a new one. */
import type {
  BroadcastFlags,
  BroadcastOptions,
  NamespaceAdapter,
  Room,
  SocketDetails,
  SocketId,
} from "@telsiz/adapter";
import {
  type Answer,
  checkDurations,
  type EmitArgs,
  type EventMap,
  type Listener,
  type Many,
  type RequestArgs,
  type SendArgs,
  type Unanswered,
} from "@telsiz/events";
import { type AnswersCallback, broadcastAndCollect } from "./broadcast-acks.ts";
import { broadcastPacket, type PacketNamespace } from "./broadcast-packet.ts";
import { BroadcastTimeoutRequiredError } from "./errors.ts";
import { ForeignSocket, isWholeSocket } from "./foreign-socket.ts";
import { checkLatestKey } from "./latest-key.ts";
import type { RemoteSocket } from "./remote-socket.ts";

/** What a broadcast sees of its namespace. */
export interface BroadcastNamespace extends PacketNamespace {
  readonly adapter: NamespaceAdapter;
  /** The timeout of acknowledgements that have none of their own, in milliseconds. */
  readonly _ackTimeout: number | undefined;
  /** Calls a function of the application, which may throw without harm to anything else. */
  _callHandler(handler: Listener, args: readonly unknown[], event: string): void;
  /** Reports what the promise of an adapter's method is rejected with. */
  _watch(outcome: Promise<void> | void, method: string): void;
}

/** How a broadcast is answered, with a timeout or without. */
type BroadcastMode<Timed extends boolean> = Timed extends true ? Many : Unanswered;

const EVERYBODY: ReadonlySet<Room> = new Set();

/**
 * Sends to many sockets at once, made by `io.to(room)` and the like.
 * @typeParam Timed whether {@link timeout} was called, so that acknowledgements may be asked for
 */
export class BroadcastOperator<Emit extends EventMap<Emit>, SocketData, Timed extends boolean = false> {
  readonly #nsp: BroadcastNamespace;
  readonly #rooms: ReadonlySet<Room>;
  readonly #except: ReadonlySet<Room>;
  readonly #flags: BroadcastFlags;

  constructor(
    nsp: BroadcastNamespace,
    rooms: ReadonlySet<Room> = EVERYBODY,
    except: ReadonlySet<Room> = EVERYBODY,
    flags: BroadcastFlags = {},
  ) {
    this.#nsp = nsp;
    this.#rooms = rooms;
    this.#except = except;
    this.#flags = flags;
  }

  /**
   * To the members of a room, or of several; called again it adds more rooms. A socket gets the event once.
   * @example io.to("room-101").to("room-102").emit("bell");
   */
  to(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData, Timed> {
    return new BroadcastOperator(this.#nsp, union(this.#rooms, room), this.#except, this.#flags);
  }

  /** As {@link to}. */
  in(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData, Timed> {
    return this.to(room);
  }

  /** But not to the members of a room, or of several. It wins over {@link to}. */
  except(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData, Timed> {
    return new BroadcastOperator(this.#nsp, this.#rooms, union(this.#except, room), this.#flags);
  }

  /** Whether transports may compress it. @default true */
  compress(compress: boolean): BroadcastOperator<Emit, SocketData, Timed> {
    return this.#with({ compress });
  }

  /** May be lost by a client whose connection cannot take it now. */
  get volatile(): BroadcastOperator<Emit, SocketData, Timed> {
    return this.#with({ volatile: true });
  }

  /**
   * While a client's connection cannot take it, only the newest of this key is kept for that client: for values of which
   * nobody wants the old ones. It never comes before what was sent earlier, but may come after what is sent later;
   * recovery does not send it again. Adapters of other packages may pass the key over: then everything is sent.
   * @throws OptionError if the key is no string
   * @example io.to("traders").latest("price:AAPL").emit("price", "AAPL", 226.01);
   */
  latest(key: string): BroadcastOperator<Emit, SocketData, Timed> {
    checkLatestKey(key);
    return this.#with({ latest: key });
  }

  /** To the clients of this node only. */
  get local(): BroadcastOperator<Emit, SocketData, Timed> {
    return this.#with({ local: true });
  }

  /**
   * How long to wait for acknowledgements, in milliseconds.
   * @throws OptionError
   * @example io.to("room-101").timeout(1000).emit("bell", (error, answers) => console.log(error, answers));
   */
  timeout(timeout: number): BroadcastOperator<Emit, SocketData, true> {
    checkDurations({ timeout }, "timeout");
    return this.#with<true>({ timeout });
  }

  /**
   * Sends an event. With {@link timeout}, or the option `ackTimeout`, a function at the end of the arguments is called
   * with a `BroadcastAckError`, if not all answered in time, and the answers that came.
   * @throws ReservedEventError, BroadcastTimeoutRequiredError
   */
  emit<K extends keyof Emit & string>(event: K, ...args: EmitArgs<Emit, K, BroadcastMode<Timed>>): true {
    this.#emit(event, args);
    return true;
  }

  /**
   * Sends an event and resolves with the first value of each socket's acknowledgement. Requires {@link timeout},
   * or the option `ackTimeout`.
   * @throws BroadcastAckError (through the promise, with the answers that came), ReservedEventError,
   * BroadcastTimeoutRequiredError
   */
  emitWithAck<K extends keyof Emit & string>(
    event: K,
    ...args: RequestArgs<Emit, K, BroadcastMode<Timed>>
  ): Promise<Answer<Emit, K, Many>> {
    return new Promise((resolve, reject) => {
      this.#collect(event, args, (error, answers) => {
        // The map is the peers' word for what they answer.
        if (error === null) resolve(answers as Answer<Emit, K, Many>);
        else reject(error);
      });
    });
  }

  /** Sends a `message` event. */
  send(...args: SendArgs<Emit, BroadcastMode<Timed>>): this {
    this.#emit("message", args);
    return this;
  }

  /** The selected sockets. */
  fetchSockets(): Promise<RemoteSocket<Emit, SocketData>[]> {
    const wrap = (details: SocketDetails): RemoteSocket<Emit, SocketData> =>
      isWholeSocket(details)
        ? (details as unknown as RemoteSocket<Emit, SocketData>) // one of this namespace's own
        : new ForeignSocket<Emit, SocketData>(this.#nsp, details);
    return this.#nsp.adapter.fetchSockets(this.#options()).then((found) => found.map(wrap));
  }

  /** The ids of the selected sockets. @deprecated {@link fetchSockets} gives the sockets themselves */
  async allSockets(): Promise<Set<SocketId>> {
    return new Set((await this.fetchSockets()).map(({ id }) => id));
  }

  /** Puts the selected sockets into rooms. */
  socketsJoin(room: Room | readonly Room[]): void {
    this.#nsp._watch(this.#nsp.adapter.addSockets(this.#options(), listOf(room)), "addSockets");
  }

  /** Takes the selected sockets out of rooms. */
  socketsLeave(room: Room | readonly Room[]): void {
    this.#nsp._watch(this.#nsp.adapter.delSockets(this.#options(), listOf(room)), "delSockets");
  }

  /** Disconnects the selected sockets. @param close whether to close their connections too */
  disconnectSockets(close = false): void {
    this.#nsp._watch(this.#nsp.adapter.disconnectSockets(this.#options(), close), "disconnectSockets");
  }

  #emit(event: string, args: readonly unknown[]): void {
    const last = args.at(-1);
    if (typeof last === "function") {
      return this.#collect(event, args.slice(0, -1), (error, answers) => {
        this.#nsp._callHandler(last as AnswersCallback, [error, answers], event);
      });
    }
    this.#nsp._watch(
      this.#nsp.adapter.broadcast(broadcastPacket(this.#nsp, event, args), this.#options()),
      "broadcast",
    );
  }

  #collect(event: string, args: readonly unknown[], onSettled: AnswersCallback): void {
    const packet = broadcastPacket(this.#nsp, event, args);
    const timeout = this.#flags.timeout ?? this.#nsp._ackTimeout;
    if (timeout === undefined) throw new BroadcastTimeoutRequiredError(event);
    const options = { ...this.#options(), flags: { ...this.#flags, timeout } };
    broadcastAndCollect(this.#nsp, packet, options, timeout, onSettled);
  }

  #options(): BroadcastOptions {
    return { rooms: this.#rooms, except: this.#except, flags: this.#flags };
  }

  #with<T extends boolean = Timed>(flags: BroadcastFlags): BroadcastOperator<Emit, SocketData, T> {
    return new BroadcastOperator<Emit, SocketData, T>(this.#nsp, this.#rooms, this.#except, {
      ...this.#flags,
      ...flags,
    });
  }
}

function union(rooms: ReadonlySet<Room>, more: Room | readonly Room[]): ReadonlySet<Room> {
  return new Set([...rooms, ...listOf(more)]);
}

function listOf(room: Room | readonly Room[]): readonly Room[] {
  return typeof room === "object" ? room : [room];
}
