/** A session: the server's end of one Engine.IO connection, whichever transport carries it. Socket.IO's `conn`. */
import type { IncomingMessage } from "node:http";
import { callGuarded, Emitter, type Listener } from "@telsiz/events";
import type { CloseReason, TransportCloseReason } from "../shared/close-reason.ts";
import { TransportError } from "../shared/errors.ts";
import { Pinger } from "../shared/heartbeat.ts";
import {
  controlPacket,
  type ControlType,
  type Message,
  messagePacket,
  type OutgoingPacket,
  PreparedPacket,
  TYPE_DIGIT,
} from "../shared/packet.ts";
import { type SendCallback, SendQueue } from "../shared/send-queue.ts";
import type { TimerWheel } from "../shared/timer-wheel.ts";
import type { Transport, TransportName } from "../shared/transport.ts";
import { Flusher } from "./flusher.ts";
import { type MessageInput, toMessage } from "../shared/message-input.ts";
import type { ResolvedOptions } from "./options.ts";
import { type PacketView, viewOf } from "../shared/packet-view.ts";
import { noHandler, type ServerTransport } from "./transports/server-transport.ts";
import { Upgrade } from "./upgrade.ts";

/** Whom a session hands its messages to: the layer above. */
export interface SessionHandler {
  /** A message came. */
  onMessage(message: Message): void;
  /** The session ended. Called once, and nothing is called after it. */
  onClose(reason: CloseReason, details?: unknown): void;
}

/** What a session needs of its server, and shows of it. */
export interface SessionServer {
  readonly opts: ResolvedOptions;
  /** The open sessions, by id. */
  readonly clients: ReadonlyMap<string, Session>;
  /** How many sessions are open. */
  readonly clientsCount: number;
  /** The transports that a session on `transport` may move to. */
  upgrades(transport: TransportName): TransportName[];
  /** @internal The session exists. */
  onOpening(session: Session): void;
  /** @internal The queued packets of `session` are about to be sent. */
  onFlush(session: Session, packets: readonly OutgoingPacket[]): void;
  /** @internal What `session` sent has been handed to the network. */
  onDrain(session: Session): void;
  /** @internal The session ended. */
  onSessionClosed(session: Session): void;
  /** @internal A listener of `session` failed. */
  onHandlerError(error: unknown, event: string, session: Session): void;
}

/** The events of a {@link Session}. All are raised for listeners only; the layer above is called directly. */
export interface SessionEvents {
  /** A message came. */
  message: (message: Message) => void;
  /** As `message`. */
  data: (message: Message) => void;
  /** A packet came. */
  packet: (packet: PacketView) => void;
  /** A packet was queued. */
  packetCreate: (packet: PacketView) => void;
  /** The queued packets are about to be sent. */
  flush: (packets: readonly OutgoingPacket[]) => void;
  /** What was sent has been handed to the network. */
  drain: () => void;
  /** A pong came. */
  heartbeat: () => void;
  /** A WebSocket has proved itself, and the client stops polling. */
  upgrading: (transport: Transport) => void;
  /** The session has moved to another transport. */
  upgrade: (transport: Transport) => void;
  /** The transport failed; `close` follows. */
  error: (error: unknown) => void;
  /** The session ended. */
  close: (reason: CloseReason, details?: unknown) => void;
}

/** How a message is sent. */
export interface SendOptions {
  /** Whether it may be compressed. @default true */
  compress?: boolean | undefined;
}

/** States of a session. */
export type ReadyState = "opening" | "open" | "closing" | "closed";

/** Queued packets of more than this length do not wait for the end of the loop turn. */
const EAGER_FLUSH_LENGTH = 65_536;

const flusher = new Flusher();

/**
 * One connection. What is sent leaves in order at the end of the loop turn, all of it together; the bytes of binary
 * messages must not be changed until then.
 * ```
 *   opening ─start()─▶ open ─close()─▶ closing ─▶ closed
 *                        └──── transport ends ──────▲
 * ```
 */
export class Session extends Emitter<SessionEvents> {
  /** Who gets the messages. */
  handler: SessionHandler | undefined = undefined;
  /** The session's id; not the Socket.IO socket's. */
  readonly id: string;
  /** Revision of the protocol. */
  readonly protocol = 4;
  /** The server it belongs to. */
  readonly server: SessionServer;
  /** Address of the peer. */
  readonly remoteAddress: string;
  /** The `Origin` of the request that opened it. */
  readonly origin: string | undefined;
  #request: IncomingMessage | null | undefined;
  #readyState: ReadyState = "opening";
  #transport: ServerTransport;
  #upgraded = false;
  /** While a candidate is at work. */
  #upgrade: Upgrade | undefined;
  /** Whether {@link Session.flush} is going to be called at the end of the turn. */
  #flushScheduled = false;
  readonly #queue = new SendQueue();
  readonly #pinger: Pinger;
  readonly #wheel: TimerWheel;

  /** @internal Sessions are made by the server. */
  constructor(
    server: SessionServer,
    id: string,
    transport: ServerTransport,
    request: IncomingMessage,
    wheel: TimerWheel,
  ) {
    super();
    this.server = server;
    this.id = id;
    this.#request = request;
    this.remoteAddress = request.socket.remoteAddress ?? "";
    this.origin = request.headers.origin;
    this.#transport = transport;
    this.#wheel = wheel;
    this.#pinger = new Pinger(this, wheel, server.opts);
  }

  /** The request that opened it. Set it to `null` to save memory, if nobody reads it. */
  get request(): IncomingMessage {
    return this.#request as IncomingMessage; // typed as in Socket.IO: an application knows whether it has set it to null
  }

  set request(request: IncomingMessage | null | undefined) {
    this.#request = request;
  }

  /** What carries the session now. */
  get transport(): Transport {
    return this.#transport;
  }

  get readyState(): ReadyState {
    return this.#readyState;
  }

  /** Whether the session has moved to another transport. */
  get upgraded(): boolean {
    return this.#upgraded;
  }

  /** Whether it is about to. */
  get upgrading(): boolean {
    return this.#upgrade !== undefined;
  }

  /** Whether what is sent now leaves at once: the network took all that was sent before, or a poll is waiting. */
  get writable(): boolean {
    return this.#readyState === "open" && this.#transport.writable && this.#transport.bufferedBytes === 0;
  }

  /** About how many bytes wait to be sent, here and in the transport. */
  get bufferedAmount(): number {
    return this.#queue.bufferedLength + this.#transport.bufferedBytes;
  }

  /** The packets that wait for the transport. */
  get writeBuffer(): readonly OutgoingPacket[] {
    return this.#queue.packets;
  }

  /** Sends a packet. Packets for a session that is closing are dropped. */
  sendPacket(packet: OutgoingPacket): void {
    this.#push(packet, undefined);
  }

  /**
   * Sends a message.
   * @throws OptionError if it is neither text nor bytes
   * @param callback called when the message has been handed to the network; never if the session ends before
   */
  send(data: MessageInput, options?: SendOptions | SendCallback, callback?: SendCallback): this {
    const settings = typeof options === "function" ? undefined : options;
    const wire = messagePacket(toMessage(data));
    const packet = settings?.compress === false ? new PreparedPacket(wire, false) : wire;
    this.#push(packet, typeof options === "function" ? options : callback);
    return this;
  }

  /** As {@link send}. */
  write(data: MessageInput, options?: SendOptions | SendCallback, callback?: SendCallback): this {
    return this.send(data, options, callback);
  }

  /** Ends the session after what is queued was sent. @param discard ends it at once instead */
  close(discard = false): this {
    if (this.#readyState === "closed") return this;
    if (discard) {
      this.#queue.clear();
      this.#finish("forced close");
    } else if (this.#readyState !== "closing") {
      this.#readyState = "closing";
      this.flush();
      this.#closeWhenSent();
    }
    return this;
  }

  /** @internal Sends the open packet. */
  start(): void {
    this.#transport.handler = this;
    this.#readyState = "open";
    this.server.onOpening(this);
    const { opts } = this.server;
    this.#queue.push(controlPacket("open", this.#handshake()));
    if (opts.initialPacket !== undefined) this.sendPacket(messagePacket(toMessage(opts.initialPacket)));
    this.#pinger.start();
    this.flush();
  }

  /** @internal Takes a WebSocket that wants to carry this session. Only polling moves, to one candidate at a time. */
  offerUpgrade(candidate: ServerTransport): void {
    const mayUpgrade =
      this.#readyState === "open" && this.#transport.name === "polling" && this.#upgrade === undefined;
    if (!mayUpgrade || !this.server.opts.allowUpgrades) return candidate.discard();
    this.#upgrade = new Upgrade(this, candidate, this.#wheel, this.server.opts.upgradeTimeout);
    this.#upgrade.start();
  }

  /** @internal Hands the queue to the transport, if that can take it. */
  flush(): void {
    this.#flushScheduled = false;
    if (!this.#transport.writable || this.#queue.packets.length === 0) return;
    this.emit("flush", this.#queue.packets);
    this.server.onFlush(this, this.#queue.packets);
    try {
      this.#transport.send(this.#queue.take());
    } catch (error) {
      // What cannot be encoded, being too long for a string above all, must not end other sessions.
      this.#fail(error);
    }
  }

  /** @internal */
  onMessage(message: Message): void {
    if (this.#readyState !== "open") return;
    this.#pinger.onOtherPacket();
    if (this.listenerCount("packet") > 0) this.emit("packet", { type: "message", data: message });
    this.handler?.onMessage(message);
    this.emit("data", message);
    this.emit("message", message);
  }

  /** @internal */
  onControl(type: ControlType, data: string): void {
    if (this.#readyState !== "open") return;
    if (this.listenerCount("packet") > 0) this.emit("packet", { type, data });
    if (type === "pong") {
      this.#pinger.onPong();
      this.emit("heartbeat");
      return;
    }
    this.#pinger.onOtherPacket();
    if (type === "ping") this.#fail(new TransportError("invalid heartbeat direction"));
    else if (type === "close") this.#transport.close();
  }

  /** @internal */
  onDrain(): void {
    for (const callback of this.#queue.settle()) this.callListener(callback, [], "send");
    this.emit("drain");
    this.server.onDrain(this);
    this.flush();
    if (this.#readyState === "closing") this.#closeWhenSent();
  }

  /** @internal The transport ended. */
  onClose(reason: TransportCloseReason, details?: unknown): void {
    if (reason === "transport error") this.emit("error", details);
    this.#finish(this.#readyState === "closing" ? "forced close" : reason, details);
  }

  /** @internal */
  sendPing(): void {
    this.sendPacket(TYPE_DIGIT.ping);
  }

  /** @internal */
  onHeartbeatTimeout(): void {
    this.#finish("ping timeout");
  }

  /** @internal */
  onProbed(candidate: ServerTransport): void {
    this.emit("upgrading", candidate);
  }

  /** @internal */
  releasePoll(): void {
    this.flush();
    this.#transport.release();
  }

  /** @internal */
  onUpgraded(candidate: ServerTransport): void {
    this.#upgrade = undefined;
    this.#upgraded = true;
    this.#transport.release();
    this.#transport.discard();
    this.#transport = candidate;
    candidate.handler = this;
    this.emit("upgrade", candidate);
    this.flush();
    if (this.#readyState === "closing") this.#closeWhenSent();
  }

  /** @internal */
  onUpgradeFailed(): void {
    this.#upgrade = undefined;
  }

  protected override callListener(listener: Listener, args: readonly unknown[], event: string): void {
    callGuarded(this, listener, args, (error) => this.server.onHandlerError(error, event, this));
  }

  #push(packet: OutgoingPacket, callback: SendCallback | undefined): void {
    if (this.#readyState !== "open") return;
    if (this.listenerCount("packetCreate") > 0) this.emit("packetCreate", viewOf(packet));
    this.#queue.push(packet, callback);
    if (this.#queue.bufferedLength > EAGER_FLUSH_LENGTH) this.flush();
    else if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      flusher.schedule(this);
    }
  }

  #handshake(): string {
    const { pingInterval, pingTimeout, maxHttpBufferSize } = this.server.opts;
    const upgrades = this.server.upgrades(this.#transport.name);
    return JSON.stringify({
      sid: this.id,
      upgrades,
      pingInterval,
      pingTimeout,
      maxPayload: maxHttpBufferSize,
    });
  }

  #closeWhenSent(): void {
    if (this.#queue.packets.length === 0) this.#transport.close();
  }

  #fail(error: unknown): void {
    this.emit("error", error);
    this.#finish("transport error", error);
  }

  #finish(reason: CloseReason, details?: unknown): void {
    if (this.#readyState === "closed") return;
    this.#readyState = "closed";
    this.#pinger.stop();
    this.#upgrade?.abort();
    this.#upgrade = undefined;
    this.#transport.discard();
    this.#transport.handler = noHandler;
    this.server.onSessionClosed(this);
    this.handler?.onClose(reason, details);
    this.emit("close", reason, details);
    this.#queue.clear();
  }
}
