/** A session: the server's end of one Engine.IO connection, whichever transport carries it. Socket.IO's `conn`. */
import type { IncomingMessage } from "node:http";
import { callGuarded, Emitter, type Listener } from "@telsiz/events";
import type { SessionCloseReason, TransportCloseReason } from "../shared/close-reason.ts";
import { TransportError } from "../shared/errors.ts";
import { Pinger } from "../shared/heartbeat.ts";
import {
  type ControlType,
  type Message,
  messagePacket,
  type OutgoingPacket,
  PreparedPacket,
  TYPE_DIGIT,
} from "../shared/packet.ts";
import type { TimerWheel } from "../shared/timer-wheel.ts";
import type { Transport, TransportName } from "../shared/transport.ts";
import { type MessageInput, toMessage } from "../shared/message-input.ts";
import { controlView, viewOf } from "../shared/packet-view.ts";
import { Backpressure, LOW_WATER_PART } from "./backpressure.ts";
import type { Backlog, OverflowAction, SlowConsumerError } from "./buffer-limits.ts";
import { Contest } from "./contest.ts";
import { openPacket } from "./handshake.ts";
import { Outbox, type SendCallback, type SendOptions } from "./outbox.ts";
import type { SessionEvents, SessionHandler } from "./session-events.ts";
import type { SessionServer } from "./session-server.ts";
import { noHandler, type ServerTransport } from "./transports/server-transport.ts";
import { Upgrade } from "./upgrade.ts";

/** States of a session. */
export type ReadyState = "opening" | "open" | "closing" | "closed";

/**
 * One connection. What is sent leaves in order at the end of the loop turn, all of it together, unless the option `flush` says
 * otherwise; the bytes of binary messages must not be changed until then.
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
  readonly server: SessionServer<Session>;
  /** Address of the peer. */
  readonly remoteAddress: string;
  /** The `Origin` of the request that opened it. */
  readonly origin: string | undefined;
  #request: IncomingMessage | null | undefined;
  #readyState: ReadyState = "opening";
  #transport: ServerTransport;
  /** What the layer above adds to the open packet. */
  #greeting: object | undefined = undefined;
  #upgraded = false;
  /** While a candidate is at work. */
  #upgrade: Upgrade | undefined;
  readonly #outbox: Outbox;
  /** Made when the transport cannot take something. */
  #backpressure: Backpressure | undefined;
  /** Why it is about to end, if it is because of this. */
  #slowConsumer: SlowConsumerError | undefined;
  readonly #pinger: Pinger;
  readonly #wheel: TimerWheel;

  /**
   * @internal Sessions are made by the server.
   * @param onRaceOver given where the client may open it over other transports, too: called when that is over
   */
  constructor(
    server: SessionServer<Session>,
    id: string,
    transport: ServerTransport,
    request: IncomingMessage,
    wheel: TimerWheel,
    onRaceOver?: (decided: boolean) => void,
  ) {
    super();
    this.server = server;
    this.id = id;
    this.#request = request;
    this.remoteAddress = request.socket.remoteAddress ?? "";
    this.origin = request.headers.origin;
    this.#transport = onRaceOver === undefined ? transport : new Contest(this, transport, wheel, onRaceOver);
    this.#wheel = wheel;
    this.#outbox = new Outbox(this);
    this.#pinger = new Pinger(this, wheel, server.opts);
  }

  /** The request that opened it. Set it to `null` to save memory, if nobody reads it. */
  get request(): IncomingMessage {
    return this.#request as IncomingMessage; // typed as in Socket.IO: an application knows whether it has set it to null
  }

  /** `null` gives it up, to save memory. */
  set request(request: IncomingMessage | null | undefined) {
    this.#request = request;
  }

  /** What carries the session now. */
  get transport(): Transport {
    return this.#transport;
  }

  /** @internal Whether the option `flush` is `"immediate"`. */
  get flushesAtOnce(): boolean {
    return this.server.opts.flush === "immediate";
  }

  /** Where it is in its life. */
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

  /**
   * How many bytes wait to be sent: here, in the transport, and what the kernel has not accepted. The text of the
   * current turn counts by its length.
   */
  get bufferedAmount(): number {
    return this.#outbox.bufferedBytes;
  }

  /** Whether no more waits than a quarter of `limits.highWaterMark`, or the transport takes all that waits. */
  get keepsUp(): boolean {
    if (this.#outbox.size === 0 && this.#transport.writable) return true;
    return this.bufferedAmount <= this.server.opts.limits.highWaterMark * LOW_WATER_PART;
  }

  /** Calls `waiter` once, as soon as it {@link keepsUp}. @returns what ends the wait */
  onceKeepsUp(waiter: () => void): () => void {
    return this.backpressure.onceKeepsUp(waiter);
  }

  /** The packets that wait for the transport, as they will cross the wire; of a long queue, those that are not kept as bytes. */
  get writeBuffer(): readonly OutgoingPacket[] {
    return this.#outbox.packets;
  }

  /** How many packets wait to be sent, also those of a long queue that are kept as bytes. */
  get queuedPackets(): number {
    return this.#outbox.size;
  }

  /** Sends a packet. Packets for a session that is closing are dropped. */
  sendPacket(packet: OutgoingPacket): void {
    this.push(packet, undefined);
  }

  /** Sends packets that belong together, such as an event and its binary parts: they are one burst. */
  sendPackets(packets: readonly OutgoingPacket[]): void {
    if (!this.isOpen()) return;
    this.tellCreated(packets);
    this.#outbox.sendAll(packets);
  }

  /**
   * Sends packets that belong together, of which only the newest for each key are kept while the network cannot take
   * them. They come after what was sent before them, and may come after what is sent later.
   * @param onDropped called when newer ones took their place, or they were dropped because too much waited
   */
  sendLatest(key: string, packets: readonly OutgoingPacket[], onDropped?: () => void): void {
    if (!this.isOpen()) return;
    this.tellCreated(packets);
    this.#outbox.sendLatest(key, packets, this.writable, onDropped);
  }

  /** Lets so much wait beyond the limit: it is held elsewhere anyway, and comes next. */
  allowBacklog(bytes: number, packets: number): void {
    this.backpressure.allow(bytes, packets);
  }

  /**
   * Sends a message.
   * @throws OptionError if it is neither text nor bytes
   * @param callback called when the message has been handed to the network; never if the session ends before
   */
  send(data: MessageInput, options?: SendOptions | SendCallback | null, callback?: SendCallback): this {
    const settings = typeof options === "function" ? undefined : options;
    const wire = messagePacket(toMessage(data));
    const packet = settings?.compress === false ? new PreparedPacket(wire, false) : wire;
    this.push(packet, typeof options === "function" ? options : callback);
    return this;
  }

  /** As {@link send}. */
  write(data: MessageInput, options?: SendOptions | SendCallback | null, callback?: SendCallback): this {
    return this.send(data, options, callback);
  }

  /**
   * Ends the session after what is queued was sent.
   * @param discard ends it at once, and drops what the transport cannot take now
   */
  close(discard = false): this {
    if (this.#readyState === "closed") return this;
    const begins = this.#readyState !== "closing"; // else a listener of flush may have called
    this.#readyState = "closing";
    if (begins) this.#outbox.flush();
    if (discard) this.finish("forced close");
    else if (begins) this.closeWhenSent();
    return this;
  }

  /** @internal Sends the open packet. */
  start(): void {
    this.#transport.handler = this;
    this.#readyState = "open";
    this.server.onOpening(this);
    const { opts } = this.server;
    const greeting = this.server.greeting?.(this.request);
    this.#greeting = this.#transport instanceof Contest ? { ...greeting, race: true } : greeting;
    this.#outbox.push(this.openPacket(this.#transport.name));
    if (opts.initialPacket !== undefined) this.sendPacket(messagePacket(toMessage(opts.initialPacket)));
    this.#pinger.start();
    // Where the layer above has more to say, it leaves at the end of the turn, in one with that.
    if (greeting === undefined) this.#outbox.flush();
    else this.#outbox.hold();
    this.emit("open");
  }

  /** @internal */
  openPacket(name: TransportName): string {
    return openPacket(this.id, this.server.upgrades(name), this.server.opts, this.#greeting);
  }

  /** @internal Takes another transport on which its client opens it. */
  compete(transport: ServerTransport): void {
    if (this.#transport instanceof Contest) this.#transport.add(transport);
    else transport.discard();
  }

  /** @internal */
  isOn(transport: string | undefined): boolean {
    if (this.#transport instanceof Contest) return this.#transport.has(transport);
    return this.#transport.name === transport;
  }

  /** @internal A request of this session came over `name`: that is the transport which its client keeps. */
  settleOn(name: TransportName): Transport {
    const settled = this.#transport instanceof Contest ? this.#transport.settleOn(name) : undefined;
    return settled ?? this.#transport;
  }

  /** @internal */
  onSettled(transport: ServerTransport): void {
    this.#transport = transport;
    transport.handler = this;
    if (transport.writable) this.onDrain();
    else if (this.#readyState === "closing") this.closeWhenSent();
  }

  /** @internal Takes a WebSocket that wants to carry this session. Only polling moves, to one candidate at a time. */
  offerUpgrade(candidate: ServerTransport): void {
    this.settleOn("polling");
    const mayUpgrade =
      this.#readyState === "open" && this.#transport.name === "polling" && this.#upgrade === undefined;
    if (!mayUpgrade || !this.server.opts.allowUpgrades) return candidate.discard();
    this.#upgrade = new Upgrade(this, candidate, this.#wheel, this.server.opts.upgradeTimeout);
    this.#upgrade.start();
  }

  /** @internal */
  onFlush(packets: readonly OutgoingPacket[]): void {
    if (this.listenerCount("flush") + this.server.listenerCount("flush") === 0) return;
    const views = packets.map(viewOf);
    this.emit("flush", views);
    this.server.onFlush(this, views);
  }

  /** @internal What cannot be encoded must not end other sessions. */
  onSendFailure(error: unknown): void {
    this.fail(error);
  }

  /** @internal */
  onHeldUp(bytes: number): void {
    this.backpressure.onAdded(bytes);
  }

  /** @internal */
  onSlow(): void {
    this.emit("slow");
  }

  /** @internal */
  askOnOverflow(backlog: Backlog): OverflowAction {
    const { onOverflow } = this.server.opts.limits;
    if (typeof onOverflow !== "function") return "disconnect";
    try {
      return onOverflow(this, backlog);
    } catch (error) {
      this.report(error, "onOverflow");
      return "disconnect";
    }
  }

  /** @internal Takes nothing more, and ends with this turn: the application may be amid a broadcast. */
  onSlowConsumer(error: SlowConsumerError): void {
    if (!this.isOpen()) return;
    this.#slowConsumer = error;
    this.#readyState = "closing";
    this.#outbox.clear();
    setImmediate(() => this.finish("slow consumer"));
  }

  /** @internal */
  onMessage(message: Message): void {
    if (!this.isOpen()) return;
    this.#pinger.onOtherPacket();
    if (this.listenerCount("packet") > 0) this.emit("packet", { type: "message", data: message });
    if (!this.isOpen()) return; // closed by a listener
    try {
      this.handler?.onMessage(message);
    } catch (error) {
      this.report(error, "message");
    }
    this.emit("data", message);
    this.emit("message", message);
  }

  /** @internal */
  onControl(type: ControlType, data: string): void {
    if (!this.isOpen()) return;
    if (this.listenerCount("packet") > 0) this.emit("packet", controlView(type, data));
    if (type === "pong") {
      this.#pinger.onPong();
      this.emit("heartbeat");
      return;
    }
    this.#pinger.onOtherPacket();
    if (type === "ping") this.fail(new TransportError("invalid heartbeat direction"));
    else if (type === "close") this.#transport.close();
  }

  /** @internal */
  onDrain(): void {
    const sent = this.#outbox.onDrain();
    if (sent) this.settle();
    if (this.#backpressure?.onDrain(sent) ?? sent) this.reportDrain();
    this.#backpressure?.wakeWaiters();
    this.#outbox.flush();
    if (this.#readyState === "closing") this.closeWhenSent();
  }

  /** @internal The transport ended. */
  onClose(reason: TransportCloseReason, details?: unknown): void {
    if (reason === "transport error") this.emit("error", details);
    this.finish(this.#readyState === "closing" ? "forced close" : reason, details);
  }

  /** @internal */
  sendPing(): void {
    this.sendPacket(TYPE_DIGIT.ping);
  }

  /** @internal */
  onHeartbeatTimeout(): void {
    this.finish("ping timeout");
  }

  /** @internal */
  onProbed(candidate: ServerTransport): void {
    this.emit("upgrading", candidate);
  }

  /** @internal */
  releasePoll(): void {
    this.#outbox.flush();
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
    this.#outbox.flush();
    if (this.#readyState === "closing") this.closeWhenSent();
  }

  /** @internal */
  onUpgradeFailed(): void {
    this.#upgrade = undefined;
  }

  protected override callListener(listener: Listener, args: readonly unknown[], event: string): void {
    callGuarded(this, listener, args, (error) => this.report(error, event));
  }

  private isOpen(): boolean {
    return this.#readyState === "open";
  }

  private report(error: unknown, event: string): void {
    this.server.onHandlerError(error, event, this);
  }

  private push(packet: OutgoingPacket, callback: SendCallback | undefined): void {
    if (!this.isOpen()) return;
    if (this.listenerCount("packetCreate") > 0) this.emit("packetCreate", viewOf(packet));
    this.#outbox.send(packet, callback);
  }

  private tellCreated(packets: readonly OutgoingPacket[]): void {
    if (this.listenerCount("packetCreate") > 0)
      for (const packet of packets) this.emit("packetCreate", viewOf(packet));
  }

  private get backpressure(): Backpressure {
    return (this.#backpressure ??= new Backpressure(this.#outbox, this, this.server.opts, this.#wheel));
  }

  /** What the transport was handed has left. */
  private settle(): void {
    for (const callback of this.#outbox.settle()) this.callListener(callback, [this.#transport], "send");
  }

  private reportDrain(): void {
    this.emit("drain");
    this.server.onDrain(this);
  }

  private closeWhenSent(): void {
    if (this.#outbox.size === 0) this.#transport.close();
  }

  private fail(error: unknown): void {
    this.emit("error", error);
    this.finish("transport error", error);
  }

  private finish(reason: SessionCloseReason, details?: unknown): void {
    if (this.#readyState === "closed") return;
    if (this.#slowConsumer === undefined) return this.end(reason, details);
    // It would keep what it was handed until the peer has taken it.
    this.#transport.destroy();
    this.end("slow consumer", this.#slowConsumer);
  }

  private end(reason: SessionCloseReason, details: unknown): void {
    this.#readyState = "closed";
    this.#pinger.stop();
    this.#backpressure?.stop();
    this.#upgrade?.abort();
    this.#upgrade = undefined;
    this.#transport.discard();
    this.#transport.handler = noHandler;
    this.server.onSessionClosed(this);
    try {
      this.handler?.onClose(reason, details);
    } catch (error) {
      this.report(error, "close");
    }
    this.emit("close", reason, details);
    this.#outbox.clear();
  }
}
