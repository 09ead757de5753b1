/** One engine connection and the sockets that share it, one per namespace (Socket.IO calls it the client). */
import { AckError, BUILT_IN_MESSAGES, startDeadline } from "@telsiz/events";
import type { IncomingMessage } from "node:http";
import type { CloseReason, Message, OutgoingPacket, Session, SessionHandler } from "@telsiz/engine/server";
import {
  type AckPacket,
  type DisconnectPacket,
  type EventHeader,
  type EventPacket,
  type Packet,
  type PacketDecoder,
  PacketType,
  type Parser,
} from "@telsiz/parser";
import { type EmitFlags, type ServerDisconnectReason } from "@telsiz/socket";
import { ConnectGate } from "./connect-gate.ts";
import { encodeFor, type PreparedDelivery } from "./delivery.ts";
import { isSecure } from "./handshake.ts";
import { HeldDeliveries, type HoldLimits } from "./held-deliveries.ts";
import { JoinedSockets } from "./joined-sockets.ts";
import { RateGate, type RateGateOwner } from "./rate-gate.ts";
import type { DrainedConnection } from "./server-drain.ts";
import type { RateLimitedContext } from "./rate-limits.ts";
import type { ConnectionLimits } from "./limits.ts";

/** What a connection sees of its server. */
export interface ConnectionOwner {
  readonly _parser: Parser;
  readonly _limits: ConnectionLimits;
  /** Time for the first namespace to be joined, in milliseconds. */
  connectTimeout(): number;
  /** An event exceeds the rate limits. */
  _onRateLimited(context: RateLimitedContext<unknown>): void;
  /** Decides about a CONNECT: says so by `connection._await` while it does, and by `connection._admitted` at the end. */
  _admit(connection: Connection, name: string, auth: object): void;
}

/** What a connection sees of a socket that is not let in yet. */
export interface PendingSocket {
  /** The connection has ended. */
  _abandon(): void;
}

/** What a connection sees of its sockets. */
export interface ConnectedSocket {
  readonly id: string;
  readonly _nspName: string;
  /** How many events its handlers are at work on. */
  readonly _workCount: number;
  /** An event came for it, and is not let through. */
  _onWithheld(): void;
  /** Answers an event that is not let through to it. */
  _refuse(id: number, error: AckError): void;
  /** Resolves when they are at work on none. */
  _idle(): Promise<void>;
  _onPacket(packet: EventPacket | AckPacket | DisconnectPacket): void;
  _onError(error: unknown): void;
  _onClose(reason: ServerDisconnectReason, details?: unknown): void;
  disconnect(): unknown;
}

/** Routes packets between an engine connection and its sockets. */
export class Connection implements SessionHandler, RateGateOwner, DrainedConnection {
  /** The engine connection. */
  readonly conn: Session;
  /** The server it belongs to. */
  readonly server: ConnectionOwner;
  /** Whether it is encrypted. */
  readonly _secure: boolean;
  readonly #decoder: PacketDecoder;
  /** The connected sockets by namespace name. */
  readonly #sockets = new JoinedSockets<ConnectedSocket>();
  /** By namespaces whose CONNECT is being answered: a second one meanwhile would make a second socket. */
  #pending: Map<string, PendingSocket | undefined> | undefined;
  /** By namespaces: what is sent to sockets that are not let in yet, or may come twice. */
  #held: Map<string, HeldDeliveries> | undefined;
  /** Whether it has asked for a namespace. Most ask once, and never again. */
  #asked = false;
  /** Made when it asks again. */
  #gate: ConnectGate | undefined;
  /** Where rates are limited. */
  readonly #rateGate: RateGate | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #reassemblyTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(server: ConnectionOwner, conn: Session) {
    this.server = server;
    this.conn = conn;
    this._secure = isSecure(conn);
    this.#decoder = server._parser.createDecoder();
    const { rate, readsHeaders } = server._limits;
    this.#rateGate = rate && new RateGate(rate, readsHeaders, this);
  }

  /** The HTTP request that opened the connection. */
  get request(): IncomingMessage {
    return this.conn.request;
  }

  /** Forgets it, to save memory. */
  _dropRequest(): void {
    this.conn.request = null;
  }

  /** Begins to receive. @param early the namespace that the handshake has asked for */
  start(early?: string): void {
    this.conn.handler = this;
    this.#connectTimer = startDeadline(dropConnection, this.server.connectTimeout(), this);
    // Others hear of the connection first, as they do where CONNECT is a packet of its own.
    if (early !== undefined) queueMicrotask(() => this.#closed || this.connect(early, {}));
  }

  /** Called by the engine with each message. */
  onMessage(message: Message): void {
    if (this.#rateGate === undefined) this.onPassed(message);
    else if (!this.#closed) this.#rateGate.receive(message);
  }

  /** Takes a message that the rate limits let pass. */
  onPassed(message: Message): void {
    if (this.#closed) return;
    let packet: Packet | undefined;
    try {
      packet = this.#decoder.add(message);
    } catch (error) {
      return this.onParseError(error);
    }
    if (packet === undefined || this.#reassemblyTimer !== undefined) this.watchReassembly();
    if (packet !== undefined) this.route(packet);
  }

  /** Called by the engine at the end, and by `_close` where the engine still waits for it. */
  onClose(reason: CloseReason | ServerDisconnectReason, details?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#connectTimer);
    this.stopReassemblyTimer();
    this.#gate?.close();
    this.#rateGate?.close();
    this.#decoder.reset();
    for (const socket of this.#sockets.list) socket._onClose(reason, details);
    this.#sockets.clear();
    for (const socket of this.#pending?.values() ?? []) socket?._abandon();
    this.#pending = undefined;
    this.#held = undefined;
  }

  /** For the rate limits: whether there is a socket whose events are counted. */
  isJoined(nsp: string): boolean {
    return this.#sockets.get(nsp) !== undefined;
  }

  /** An event exceeds the rate limits. */
  onExcess({ nsp, id, event }: EventHeader, retryAfter: number): void {
    const action = this.server._limits.rate?.action ?? "error";
    const socket = this.#sockets.get(nsp);
    this.server._onRateLimited({ socket, event, retryAfter, action });
    if (action === "error" || action === "drop") socket?._onWithheld();
    if (action === "disconnect") this._close();
    else if (action === "error" && id !== undefined) socket?._refuse(id, rateLimited(retryAfter));
  }

  /** More waits than the rate limits allow. */
  onOverflow(): void {
    this._close();
  }

  /** Whether packets can still be sent. */
  get _open(): boolean {
    return !this.#closed && this.conn.readyState === "open";
  }

  /**
   * Sends a packet to this connection alone.
   * @param onDropped called if the flags say that it may be lost, and it is
   * @throws EncodeError
   */
  _send(packet: Packet, flags: EmitFlags, onDropped?: () => void): void {
    if (!this._open) return;
    if (this.isLost(flags)) return onDropped?.();
    const encoded = encodeFor(this.server._parser, packet, flags.compress ?? true);
    if (flags.latest !== undefined) this.sendLatest(packet.nsp, flags.latest, asList(encoded), onDropped);
    else if (typeof encoded === "string") this.conn.sendPacket(encoded);
    else this.conn.sendPackets(asList(encoded));
  }

  /** Sends a packet that many connections share. @param onDropped as with {@link _send} */
  _deliver(delivery: PreparedDelivery, onDropped?: () => void): void {
    if (this.#held?.get(delivery.packet.nsp)?.take(delivery) !== true) this.pass(delivery, onDropped);
  }

  /** Holds what is sent to the socket of a namespace, until it is let in. */
  _hold(name: string, limits: HoldLimits): HeldDeliveries {
    const held = new HeldDeliveries(limits);
    (this.#held ??= new Map()).set(name, held);
    return held;
  }

  /** Forgets what is held. */
  _unhold(name: string, held: HeldDeliveries): void {
    if (this.#held?.get(name) === held) this.#held.delete(name);
    if (this.#held?.size === 0) this.#held = undefined;
  }

  private pass(delivery: PreparedDelivery, onDropped?: () => void): void {
    if (!this._open) return;
    const { packets, flags } = delivery;
    if (this.isLost(flags)) return onDropped?.();
    if (flags.latest !== undefined) this.sendLatest(delivery.packet.nsp, flags.latest, packets, onDropped);
    else if (packets.length === 1) this.conn.sendPacket(packets[0]!);
    else this.conn.sendPackets(packets);
  }

  /** Sends what a client has missed: the log holds it anyway, so that it is no burden beyond the limit. */
  _replay(missed: readonly PreparedDelivery[]): void {
    if (missed.length === 0) return;
    const bytes = missed.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.conn.allowBacklog(
      bytes,
      missed.reduce((sum, { packets }) => sum + packets.length, 0),
    );
    for (const delivery of missed) this.pass(delivery);
  }

  /** A socket of this connection is connected. */
  _add(socket: ConnectedSocket): void {
    this.#sockets.add(socket);
    clearTimeout(this.#connectTimer);
    this.#connectTimer = undefined; // an idle connection need not keep it in memory
  }

  /** A socket of this connection has left. */
  _remove(socket: ConnectedSocket): void {
    this.#sockets.remove(socket);
  }

  /** The CONNECT for this namespace is being answered, and this is its socket, if there is one yet. */
  _await(name: string, socket?: PendingSocket): void {
    if (this.#closed) return socket?._abandon(); // a listener has closed it meanwhile
    (this.#pending ??= new Map()).set(name, socket);
  }

  /** The CONNECT for this namespace has been answered. */
  _admitted(name: string): void {
    this.#pending?.delete(name);
    if (this.#pending?.size === 0) this.#pending = undefined;
    const held = this.#held?.get(name);
    held?.release(() => this._unhold(name, held));
  }

  /** Disconnects all its sockets, then closes it. */
  _disconnect(): void {
    for (const socket of this.#sockets.list) socket.disconnect();
    this._close();
  }

  /** Whether it has ended. */
  get _closed(): boolean {
    return this.#closed;
  }

  /** The ids of its sockets. */
  get _socketIds(): string[] {
    return this.#sockets.list.map(({ id }) => id);
  }

  /** How many events the handlers of its sockets are at work on. */
  get _workCount(): number {
    return this.#sockets.list.reduce((sum, { _workCount }) => sum + _workCount, 0);
  }

  /** Resolves when they are at work on none. */
  async _idle(): Promise<void> {
    // While one socket was waited for, another may have begun.
    while (this._workCount > 0) await Promise.all(this.#sockets.list.map((socket) => socket._idle()));
  }

  /** Ends its sockets as the server goes down, and closes when what is queued has left. @param onEnded called at the end */
  _finish(onEnded: () => void): void {
    this.conn.handler = { onMessage: () => undefined, onClose: onEnded };
    this.onClose("server shutting down");
    this.conn.close();
  }

  /** Closes the engine connection. Over polling the engine may have to wait for a request; the sockets don't. */
  _close(): void {
    this.conn.close();
    this.onClose("forced server close");
  }

  private isLost(flags: EmitFlags): boolean {
    return flags.volatile === true && !this.conn.writable;
  }

  /** Each namespace has keys of its own. */
  private sendLatest(
    nsp: string,
    key: string,
    packets: readonly OutgoingPacket[],
    onDropped: (() => void) | undefined,
  ): void {
    this.conn.sendLatest(`${nsp},${key}`, packets, onDropped);
  }

  private route(packet: Packet): void {
    if (packet.type === PacketType.CONNECT) return this.connect(packet.nsp, packet.data ?? {});
    const socket = this.#sockets.get(packet.nsp);
    // protocol.md B.3: nothing may be sent for a namespace that is not joined.
    if (socket === undefined || packet.type === PacketType.CONNECT_ERROR) return this._close();
    socket._onPacket(packet);
  }

  private connect(name: string, auth: object): void {
    if (this.#sockets.get(name) !== undefined || this.#pending?.has(name) === true) return this._close();
    if (this.mayAskNow(name, auth)) return this.admit(name, auth);
    // As many may wait as may be in: beyond that it is a flood.
    if ((this.#pending?.size ?? 0) >= this.server._limits.maxNamespaces) return this._close();
    this._await(name);
  }

  private mayAskNow(name: string, auth: object): boolean {
    if (!this.#asked) return (this.#asked = true);
    const letThrough = (later: string, itsAuth: object): void => {
      this._admitted(later);
      this.admit(later, itsAuth);
    };
    this.#gate ??= new ConnectGate(this.server._limits.connectRate, letThrough);
    return this.#gate.pass(name, auth);
  }

  private admit(name: string, auth: object): void {
    const joining = (this.#pending?.size ?? 0) - (this.#gate?.waiting ?? 0);
    if (this.#sockets.size + joining < this.server._limits.maxNamespaces) {
      return this.server._admit(this, name, auth);
    }
    this._send({ type: PacketType.CONNECT_ERROR, nsp: name, data: { message: "Too many namespaces" } }, {});
  }

  private onParseError(error: unknown): void {
    for (const socket of this.#sockets.list) socket._onError(error);
    this._close();
  }

  /** A half-received packet must be whole in time. */
  private watchReassembly(): void {
    if (!this.#decoder.pending) return this.stopReassemblyTimer();
    this.#reassemblyTimer ??= startDeadline(dropConnection, this.server._limits.attachmentTimeoutMs, this);
  }

  private stopReassemblyTimer(): void {
    clearTimeout(this.#reassemblyTimer);
    this.#reassemblyTimer = undefined;
  }
}

function asList(encoded: OutgoingPacket | readonly OutgoingPacket[]): readonly OutgoingPacket[] {
  // What one message may be, bytes among it, is no array.
  return Array.isArray(encoded) ? (encoded as readonly OutgoingPacket[]) : [encoded as OutgoingPacket];
}

function rateLimited(retryAfter: number): AckError {
  return new AckError("RATE_LIMITED", { retryAfter }, { message: BUILT_IN_MESSAGES.RATE_LIMITED });
}

/** For timers: one function for all connections. */
function dropConnection(connection: Connection): void {
  connection.conn.close(true); // without waiting for a poll: who kept others waiting has had the time
}
