/** What a Server and a Namespace have in common: they listen, and broadcast to their sockets. */
import type { Room, SocketId } from "@telsiz/adapter";
import {
  type Answer,
  type EmitArgs,
  type EventMap,
  Listenable,
  type Many,
  type RequestArgs,
  type SendArgs,
  type Unanswered,
} from "@telsiz/events";
import { type BroadcastNamespace, BroadcastOperator } from "./broadcast-operator.ts";
import type { RemoteSocket } from "./remote-socket.ts";
import { emitServerSide, requestServerSide, type ServerSideNamespace } from "./server-side-emit.ts";

/** Every method sends to all sockets of the namespace, or begins a narrower choice. */
export abstract class Broadcaster<
  Emit extends EventMap<Emit>,
  ServerSide extends EventMap<ServerSide>,
  Reserved extends EventMap<Reserved>,
  SocketData,
> extends Listenable<ServerSide, Reserved> {
  /** The namespace whose sockets these are. */
  protected abstract get home(): BroadcastNamespace & ServerSideNamespace;

  /** To the members of a room, or of several. @see BroadcastOperator.to */
  to(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.everybody().to(room);
  }

  /** As {@link to}. */
  in(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.everybody().to(room);
  }

  /** To all but the members of a room, or of several. */
  except(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.everybody().except(room);
  }

  /** Whether transports may compress the broadcast. @default true */
  compress(compress: boolean): BroadcastOperator<Emit, SocketData> {
    return this.everybody().compress(compress);
  }

  /** The broadcast may be lost by a client whose connection cannot take it now. */
  get volatile(): BroadcastOperator<Emit, SocketData> {
    return this.everybody().volatile;
  }

  /** Only the newest of this key is kept for clients whose connections cannot take it. @see BroadcastOperator.latest */
  latest(key: string): BroadcastOperator<Emit, SocketData> {
    return this.everybody().latest(key);
  }

  /** To the clients of this node only. */
  get local(): BroadcastOperator<Emit, SocketData> {
    return this.everybody().local;
  }

  /** How long to wait for acknowledgements, in milliseconds. @throws OptionError */
  timeout(timeout: number): BroadcastOperator<Emit, SocketData, true> {
    return this.everybody().timeout(timeout);
  }

  /**
   * Sends an event to all sockets. To ask for acknowledgements, call {@link timeout} first.
   * @throws ReservedEventError
   */
  emit<K extends keyof Emit & string>(event: K, ...args: EmitArgs<Emit, K, Unanswered>): true {
    return this.everybody().emit(event, ...args);
  }

  /** Resolves with the first value of each socket's acknowledgement; needs {@link timeout} before it. */
  emitWithAck<K extends keyof Emit & string>(
    event: K,
    ...args: RequestArgs<Emit, K, Unanswered>
  ): Promise<Answer<Emit, K, Unanswered>> {
    return this.everybody().emitWithAck(event, ...args);
  }

  /** Sends a `message` event to all sockets. */
  send(...args: SendArgs<Emit, Unanswered>): this {
    this.everybody().send(...args);
    return this;
  }

  /** As {@link send}. */
  write(...args: SendArgs<Emit, Unanswered>): this {
    return this.send(...args);
  }

  /** All sockets. */
  fetchSockets(): Promise<RemoteSocket<Emit, SocketData>[]> {
    return this.everybody().fetchSockets();
  }

  /** The ids of all sockets. @deprecated {@link fetchSockets} gives the sockets themselves */
  allSockets(): Promise<Set<SocketId>> {
    return this.everybody().allSockets(); // eslint-disable-line @typescript-eslint/no-deprecated -- it is, too
  }

  /** Puts all sockets into rooms. */
  socketsJoin(room: Room | readonly Room[]): void {
    this.everybody().socketsJoin(room);
  }

  /** Takes all sockets out of rooms. */
  socketsLeave(room: Room | readonly Room[]): void {
    this.everybody().socketsLeave(room);
  }

  /** Disconnects all sockets. @param close whether to close their connections too */
  disconnectSockets(close = false): void {
    this.everybody().disconnectSockets(close);
  }

  /**
   * Raises an event on the other servers of the cluster. A function at the end of the arguments is called with an
   * error, if not all have answered in time, and the answers that came.
   * @throws ReservedEventError
   * @example io.serverSideEmit("load", (error, loads) => console.log(loads));
   */
  serverSideEmit<K extends keyof ServerSide & string>(
    event: K,
    ...args: EmitArgs<ServerSide, K, Many>
  ): true {
    emitServerSide(this.home, event, args);
    return true;
  }

  /**
   * Raises an event on the other servers of the cluster and resolves with their answers.
   * @throws ServerSideAckError (through the promise, with the answers that came), ReservedEventError
   */
  serverSideEmitWithAck<K extends keyof ServerSide & string>(
    event: K,
    ...args: RequestArgs<ServerSide, K, Many>
  ): Promise<Answer<ServerSide, K, Many>> {
    // The map is the other servers' word for what they answer.
    return requestServerSide(this.home, event, args) as Promise<Answer<ServerSide, K, Many>>;
  }

  private everybody(): BroadcastOperator<Emit, SocketData> {
    return new BroadcastOperator(this.home);
  }
}
