/** An Engine.IO client: one session, on one transport at a time (protocol.md A; api-surface.md 11). */
import { callGuarded, Emitter, type Listener, printHandlerError } from "@telsiz/events";
import type { CloseReason, TransportCloseReason } from "../shared/close-reason.ts";
import { TransportError } from "../shared/errors.ts";
import {
  type ControlType,
  controlPacket,
  type Message,
  messagePacket,
  type OutgoingPacket,
  PreparedPacket,
} from "../shared/packet.ts";
import type { SendCallback } from "../shared/send-queue.ts";
import type { TransportName } from "../shared/transport.ts";
import { type BlobLike, isBlob, type MessageData, present } from "./binary.ts";
import type { DisconnectDetails, EngineClientEvents, EngineClientHandler } from "./events.ts";
import type { Handshake } from "./handshake.ts";
import { type EngineClientOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import type { BinaryType, CookieStore, Platform } from "./platform/platform.ts";
import { Outbox } from "./outbox.ts";
import { toMessage } from "../shared/message-input.ts";
import { controlView, viewOf } from "../shared/packet-view.ts";
import { PingWatch } from "./ping-watch.ts";
import { Race } from "./race.ts";
import { TransportList } from "./transport-list.ts";
import {
  type ClientTransport,
  deafHandler,
  type Greeting,
  leave,
  type TransportClass,
  type TransportUpgrade,
} from "./transports/transport.ts";

/** What a client is built on: injected by the entry, so that a bundle holds nothing else. */
export interface Environment {
  /** What the platform has to offer. */
  readonly platform: Platform;
  /** In the order in which they are tried where the application does not choose. */
  readonly transports: readonly TransportClass[];
}

/** What may be said about a message to send. */
export interface SendOptions {
  /** Whether the transport may compress it. @default true */
  readonly compress?: boolean | undefined;
}

/** Where a client is in its life: `closed` also before `open()`. */
export type ReadyState = "opening" | "open" | "closing" | "closed";

/** With more than this many bytes not yet on the network, the connection does not keep up: `volatile` packets are dropped. */
const CONGESTED_BYTES = 16_384;

/** Revision of the Engine.IO protocol. */
export const protocol = 4;

let priorWebsocketSuccess = false;

/**
 * ```
 *            open()           open packet            close()            all sent
 *   closed ─────────▶ opening ───────────▶ open ─────────────▶ closing ──────────▶ closed
 *                        │ failure           │ failure             │ failure        ▲
 *                        └───────────────────┴─────────────────────┴────────────────┘
 * ```
 * A client lives once: after the end, another one is made.
 * It is also what its parts report to, `RaceOwner` and the like, which its declarations do not tell.
 */
export class EngineClient extends Emitter<EngineClientEvents> {
  /** Revision of the protocol. */
  static readonly protocol: 4 = protocol;

  /** Whether the last session of this program worked on WebSocket; what `rememberUpgrade` remembers. */
  static get priorWebsocketSuccess(): boolean {
    return priorWebsocketSuccess;
  }
  /** Makes the next session with `rememberUpgrade` begin with WebSocket, or not. */
  static set priorWebsocketSuccess(success: boolean) {
    priorWebsocketSuccess = success;
  }

  /** Is told of each client that is made, to log what becomes of it. */
  declare static observe: ((client: EngineClient) => void) | undefined;

  /** The layer above. */
  handler: EngineClientHandler | undefined = undefined;
  /** The form in which `message` listeners get bytes. @default "nodebuffer" on Node.js, "arraybuffer" in browsers */
  binaryType: BinaryType;
  /** The options in effect. */
  readonly opts: ResolvedOptions;

  readonly #platform: Platform;
  readonly #uri: string | undefined;
  readonly #given: EngineClientOptions;
  readonly #transports: TransportList;
  readonly #outbox: Outbox;
  /** Made when the first transport needs it. */
  #cookies: CookieStore | undefined;
  #state: ReadyState = "closed";
  #opened = false;
  #id: string | undefined;
  #maxPayload: number | undefined;
  #race: Race | undefined;
  #transport: ClientTransport | undefined;
  /** What the last session of these clients was on, where that is theirs to choose. */
  #lastName: TransportName | undefined;
  #upgrade: TransportUpgrade | undefined;
  /** What the session may move to, the next first. */
  #better: TransportClass[] = [];
  #pings: PingWatch | undefined;
  #unwatchPage: (() => void) | undefined;

  /**
   * @param uri the server's address; without it, the options or the page say where it is
   * @param environment given by the entry
   * @throws OptionError naming the option that is not acceptable
   */
  constructor(
    uri: string | EngineClientOptions | undefined,
    options: EngineClientOptions | undefined,
    environment: Environment,
  ) {
    super();
    const { platform, transports } = environment;
    const given = typeof uri === "object" ? uri : options === undefined ? {} : options;
    this.#platform = platform;
    this.#uri = typeof uri === "object" ? undefined : uri;
    this.#given = { ...given };
    this.opts = resolveOptions(this.#uri, given, platform.location);
    this.#transports = new TransportList(given.transportImplementations ?? given.transports, transports);
    this.binaryType = platform.binaryType;
    this.#outbox = new Outbox(this, platform);
    EngineClient.observe?.(this);
  }

  /** The session's id, while there is a session. */
  get id(): string | undefined {
    return this.#id;
  }
  /** Where the client is in its life. */
  get readyState(): ReadyState {
    return this.#state;
  }
  /** What carries the session; `undefined` before `open()`. */
  get transport(): ClientTransport {
    return this.#transport as ClientTransport; // typed as in Socket.IO, where a client opens when it is made
  }
  /** The server's name or address. */
  get hostname(): string {
    return this.opts.hostname;
  }
  /** The server's port. */
  get port(): string {
    return this.opts.port;
  }
  /** Whether TLS is used. */
  get secure(): boolean {
    return this.opts.secure;
  }
  /** The largest payload that the server accepts, in bytes, once it has said so. */
  get maxPayload(): number | undefined {
    return this.#maxPayload;
  }
  /** The packets that wait for the transport. */
  get writeBuffer(): readonly OutgoingPacket[] {
    return this.#outbox.packets;
  }
  /** About how many bytes wait to be given to the network: text counts by its length. */
  get bufferedAmount(): number {
    return this.#outbox.bufferedLength + (this.#transport?.bufferedBytes ?? 0);
  }
  /** Whether a packet sent now would leave at once. */
  get writable(): boolean {
    const transport = this.#state === "open" ? this.outlet() : undefined;
    return transport !== undefined && transport.bufferedBytes <= CONGESTED_BYTES && !this.#outbox.heldUp;
  }

  /**
   * Opens the connection. Whatever comes of it is told later. Does nothing the second time.
   * @param former the client of the connection before: which transport it was on in the end is remembered
   * @param greet asked at the end of this turn: what to add to the query of the first request that is tried
   */
  open(former?: EngineClient, greet?: () => Greeting | undefined): this {
    if (this.#opened) return this;
    this.#opened = true;
    this.#state = "opening";
    if (former !== undefined) this.#lastName = former.#lastName;
    this.#unwatchPage = this.#platform.watchPage(this);
    const plan = this.#transports.plan(this.opts, this.#lastName, priorWebsocketSuccess);
    this.#race = new Race(this, this.#platform.clock, plan);
    this.#race.start(greet);
    return this;
  }

  /** Sends a packet that is in wire form already. Ignored once the client closes. */
  sendPacket(packet: OutgoingPacket): void {
    if (this.#accepts()) this.#outbox.send(packet, messagePacket);
  }

  /** Sends messages in their order, also if Blobs among them have to be read first. */
  sendMessages(messages: Message | readonly (Message | BlobLike)[], options?: SendOptions): void {
    if (typeof messages === "string" || messages instanceof Uint8Array) this.send(messages, options);
    else for (const message of messages) this.send(message, options);
  }

  /** Sends a message. @param callback called when it has left */
  send(data: MessageData, options?: SendOptions | SendCallback | null, callback?: SendCallback): this {
    if (!this.#accepts()) return this;
    const left = typeof options === "function" ? options : callback;
    const compress = typeof options === "function" || options?.compress !== false;
    const wrap = (message: Message): OutgoingPacket => {
      const wire = messagePacket(message);
      return compress ? wire : new PreparedPacket(wire, false);
    };
    this.#outbox.send(isBlob(data) ? data : wrap(toMessage(data)), wrap, left);
    return this;
  }

  /** As {@link send}. */
  write(data: MessageData, options?: SendOptions | SendCallback | null, callback?: SendCallback): this {
    return this.send(data, options, callback);
  }

  /** Ends the session, after what was sent before has left. Reason: `forced close`. */
  close(): this {
    if (this.#state === "opening") this.#end("forced close");
    if (this.#state !== "open") return this;
    this.#state = "closing";
    this.#closeWhenSent();
    return this;
  }

  /**
   * Whether the server's next ping is overdue though no timer said so, as after the device slept. If so, the
   * session is about to end.
   */
  hasPingExpired(): boolean {
    if (this.#pings?.expired !== true) return false;
    this.#platform.afterTurn(() => this.onHeartbeatTimeout());
    return true;
  }

  protected override callListener(listener: Listener, args: readonly unknown[], event: string): void {
    callGuarded(this, listener, args, (error) => this.#onHandlerError(error, event));
  }

  // What the parts of a client call: the race, the transport, its upgrade, the outbox, the pings and the page

  /** @internal */
  create(transportClass: TransportClass): ClientTransport {
    return (this.#transport = this.#make(transportClass));
  }

  #make(TransportClass: TransportClass): ClientTransport {
    const own = this.#given.transportOptions?.[TransportClass.transportName];
    const options =
      own === undefined
        ? this.opts
        : resolveOptions(this.#uri, { ...this.#given, ...own }, this.#platform.location);
    const cookies =
      options.withCredentials === true ? (this.#cookies ??= this.#platform.createCookieStore?.()) : undefined;
    return new TransportClass({ platform: this.#platform, options, cookies, sid: this.#id });
  }

  #onHandlerError(error: unknown, event: string): void {
    if (this.handler !== undefined) return this.handler.onHandlerError(error, event);
    if (event === "handler_error" || !this.emit("handler_error", error, { event }))
      printHandlerError(error, event);
  }

  // The beginning

  /** @internal */
  onOpened(transport: ClientTransport, handshake: Handshake, data: string): void {
    this.#transport = transport;
    transport.handler = this;
    this.#noteControl("open", data);
    this.#begin(transport, handshake);
    this.emit("handshake", handshake);
    this.handler?.onOpen(handshake);
    this.emit("open");
  }

  #begin(transport: ClientTransport, handshake: Handshake): void {
    this.#id = handshake.sid;
    this.#maxPayload = handshake.maxPayload;
    this.#state = "open";
    this.#lastName = transport.name;
    priorWebsocketSuccess = transport.name === "websocket";
    transport.onHandshake?.(handshake);
    this.#pings = new PingWatch(this, this.#platform.clock, handshake);
    this.#pings.onPing();
    if (this.opts.upgrade) this.#better = this.#transports.better(transport.name, handshake.upgrades);
    // The server hears which transport it is; over polling, by the next request.
    if (handshake["race"] === true && transport.name !== "polling") this.sendPacket(controlPacket("noop"));
    this.#startUpgrade();
    this.#outbox.flushSoon();
  }

  /** @internal */
  onFailed(reason: CloseReason, error: Error): void {
    priorWebsocketSuccess = false;
    this.#lastName = undefined;
    this.#release();
    this.handler?.onError(error);
    this.emit("error", error);
    this.emit("close", reason, error);
  }

  // What comes in

  /** @internal */
  onMessage(message: Message): void {
    if (this.hasListeners("packet")) this.emit("packet", { type: "message", data: message });
    this.emit("heartbeat");
    this.handler?.onMessage(message);
    if (!this.hasListeners("data") && !this.hasListeners("message")) return;
    const data = present(message, this.binaryType);
    this.emit("data", data);
    this.emit("message", data);
  }

  /** @internal */
  onControl(type: ControlType, data: string): void {
    this.#noteControl(type, data);
    if (type === "ping") this.#onPing();
  }

  #noteControl(type: ControlType, data: string): void {
    if (this.hasListeners("packet")) this.emit("packet", controlView(type, data));
    this.emit("heartbeat");
  }

  #onPing(): void {
    this.#pings?.onPing();
    this.sendPacket(controlPacket("pong"));
    this.handler?.onPing();
    this.emit("ping");
    this.emit("pong");
  }

  /** @internal */
  onOffline(): void {
    if (this.hostname !== "localhost") this.#fail("transport close", "network connection lost");
  }

  /** @internal */
  onLeave(): void {
    if (this.opts.closeOnBeforeunload !== true) return;
    // Should the page stay after all, the pings are missed, and the session ends as one that was lost.
    this.#upgrade?.cancel();
    this.#silence();
  }

  // What goes out

  #accepts(): boolean {
    return this.#state === "opening" || this.#state === "open";
  }

  /** The transport, if it may be given packets now. @internal */
  outlet(): ClientTransport | undefined {
    if (this.#state !== "open" && this.#state !== "closing") return undefined;
    return this.#transport?.writable === true && this.#upgrade?.holding !== true
      ? this.#transport
      : undefined;
  }

  /** @internal */
  onPacketQueued(packet: OutgoingPacket): void {
    if (this.hasListeners("packetCreate")) this.emit("packetCreate", viewOf(packet));
  }

  /** @internal */
  onBlobError(error: unknown): void {
    this.#fail("transport error", "blob read error", error);
  }

  /** @internal */
  onDrain(): void {
    for (const callback of this.#outbox.settle()) this.callListener(callback, [], "send");
    this.#outbox.flush();
    if (this.#outbox.packets.length > 0 || this.#transport?.writable !== true) return;
    this.handler?.onDrain();
    this.emit("drain");
    this.#closeWhenSent();
  }

  // The upgrade

  #startUpgrade(): void {
    const better = this.#better.shift();
    if (better === undefined) return;
    this.#upgrade = this.#transport!.upgradeTo?.(this.#make(better), this);
    this.#upgrade?.start();
  }

  /** @internal */
  onUpgrading(): void {
    this.#lastName = this.#upgrade!.candidate.name;
    priorWebsocketSuccess = this.#lastName === "websocket";
    this.emit("upgrading", this.#upgrade!.candidate);
  }

  /** @internal */
  onUpgraded(): void {
    const transport = this.#upgrade!.candidate;
    this.#transport!.handler = deafHandler;
    this.#transport = transport;
    this.#upgrade = undefined;
    transport.handler = this;
    this.#outbox.flush();
    this.emit("upgrade", transport);
    this.#closeWhenSent();
  }

  /** @internal */
  onUpgradeFailed(error: Error): void {
    this.#upgrade = undefined;
    this.#outbox.flush();
    this.emit("upgradeError", error);
    if (this.#state === "open") this.#startUpgrade();
    this.#closeWhenSent();
  }

  // The end

  #closeWhenSent(): void {
    if (this.#state !== "closing" || this.#outbox.packets.length > 0 || this.#outbox.heldUp) return;
    if (this.outlet() !== undefined) this.#end("forced close");
  }

  #fail(reason: TransportCloseReason, description: string, cause?: unknown): void {
    const error = new TransportError(description, cause);
    if (this.#state === "opening") this.onFailed(reason, error);
    else this.#end(reason, cause === undefined ? { description } : error);
  }

  /** @internal */
  onHeartbeatTimeout(): void {
    this.#end("ping timeout");
  }

  /** @internal */
  onClose(reason: TransportCloseReason, cause: unknown): void {
    this.#end(reason, cause as DisconnectDetails | undefined); // transports give nothing else
  }

  /** @internal */
  onFlush(): void {
    this.emit("flush");
  }

  #end(reason: CloseReason, details?: DisconnectDetails): void {
    if (this.#state === "closed") return;
    this.#release();
    if (details instanceof Error) {
      this.handler?.onError(details);
      this.emit("error", details);
    }
    this.handler?.onClose(reason, details);
    this.emit("close", reason, details);
    this.#outbox.clear();
  }

  /** Lets go of everything that could call back. */
  #release(): void {
    this.#state = "closed";
    this.#id = undefined;
    this.#pings?.stop();
    this.#race?.cancel();
    this.#upgrade?.cancel();
    this.#unwatchPage?.();
    this.#silence();
  }

  #silence(): void {
    if (this.#transport !== undefined) leave(this.#transport);
  }
}
