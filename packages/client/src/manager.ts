/** One connection to a server, its sockets, and its reopening (api-surface.md 9). */
import type {
  BareEngineClient,
  CloseReason,
  DisconnectDetails,
  EngineClientHandler,
  EngineClientOptions,
  Handshake,
  Message,
} from "@telsiz/engine/client";
import {
  type AnyContract,
  type AnyEvents,
  callGuarded,
  type ClientEmitOf,
  type ClientListenOf,
  type EventMap,
  type Listener,
  OptionError,
  printHandlerError,
  startDeadline,
  throwUncaught,
} from "@telsiz/events";
import { type Encoded, type Packet, type PacketDecoder, ParseError, type Parser } from "@telsiz/parser";
import { type ClientDisconnectReason, type EmitFlags, warnOfAttachments } from "@telsiz/socket";
import { ConnectTimeoutError } from "./errors.ts";
import { ManagerBase, type ManagerState } from "./manager-base.ts";
import {
  type AnySocketOptions,
  type ContractSocketOptions,
  type ManagerOptions,
  type SocketOptions,
} from "./options.ts";
import { checkSize } from "./message-size.ts";
import { Reconnector, type ReconnectorOwner } from "./reconnector.ts";
import { Socket } from "./socket.ts";
import { unref } from "./unref.ts";
import { parseAddress } from "./url.ts";

/** The parameter of the handshake's query that asks for a namespace (docs/wire.md). */
const ASK = "telsiz-connect";

/** How long a packet may wait for its attachments: what comes behind them waits, too. */
const ATTACHMENT_TIMEOUT_MS = 30_000;

type OpenCallback = (error?: Error) => void;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the table of all sockets has no common type for their events
type AnySocket = Socket<any, any>;

/** What a manager is made of besides: given by the entry, so that a bundle holds nothing else. */
export interface ManagerParts {
  /** What it opens its connections with. */
  readonly Engine: new (uri: string | undefined, options: EngineClientOptions) => BareEngineClient;
  /** What the option `parser` means. @throws ParserOptionError */
  readonly parserOf: (option: ManagerOptions["parser"]) => Parser;
}

/**
 * A connection that several sockets may share.
 * @typeParam Listen the events that the server sends, where a socket does not say otherwise
 * @typeParam Emit the events that the client sends, likewise
 * ```
 *            open()             onOpen()
 *   closed ──────────▶ opening ──────────▶ open
 *      ▲                  │                  │
 *      └───── failure, timeout, end ─────────┘   then the Reconnector, if that is wanted, calls open() again
 * ```
 */
export class BareManager<Listen extends EventMap<Listen> = AnyEvents, Emit extends EventMap<Emit> = Listen>
  extends ManagerBase
  implements EngineClientHandler, ReconnectorOwner
{
  readonly #Engine: ManagerParts["Engine"];
  /** The address of the server. */
  readonly #uri: string | undefined;
  readonly #parser: Parser;
  readonly #sockets = new Map<string, AnySocket>();
  readonly #reconnector: Reconnector;
  #decoder: PacketDecoder | undefined;
  #state: ManagerState = "closed";
  #openCallbacks: OpenCallback[] = [];
  #openTimer: ReturnType<typeof setTimeout> | undefined;
  #attachmentTimer: ReturnType<typeof setTimeout> | undefined;
  /** The namespace that the handshake asks for. */
  #asked: string | undefined;
  /** The connection was closed on purpose, and is not to be opened again by itself. */
  #stopped = false;

  /** @throws OptionError */
  constructor(
    uri: string | ManagerOptions | undefined,
    options: ManagerOptions | undefined,
    { Engine, parserOf }: ManagerParts,
  ) {
    super(typeof uri === "object" ? uri : options === undefined ? {} : options);
    this.#Engine = Engine;
    this.#uri = typeof uri === "object" ? undefined : uri;
    if (this.#uri !== undefined) parseAddress(this.#uri);
    this.#parser = parserOf(this.opts.parser);
    this.#reconnector = new Reconnector(this, this.backoff, this.opts.autoUnref);
    if (this._autoConnect) this.open();
  }

  /** Its sockets by the names of their namespaces, in an object of their own. */
  get nsps(): Readonly<Record<string, AnySocket>> {
    return Object.fromEntries(this.#sockets);
  }

  /** Whether a socket of this namespace was made. */
  _has(nsp: string): boolean {
    return this.#sockets.has(nsp);
  }

  /** The socket of a namespace: a new one, or the one that is there. @throws OptionError */
  socket<L extends EventMap<L> = Listen, E extends EventMap<E> = Emit>(
    nsp: string,
    options?: SocketOptions,
  ): Socket<L, E>;
  socket<C extends AnyContract>(
    nsp: string,
    options: ContractSocketOptions<C>,
  ): Socket<ClientListenOf<C>, ClientEmitOf<C>>;
  socket<L extends EventMap<L>, E extends EventMap<E>>(
    nsp: string,
    options?: AnySocketOptions,
  ): Socket<L, E> {
    let socket = this.#sockets.get(nsp);
    if (socket === undefined) {
      if (typeof nsp !== "string") throw new OptionError("nsp", "the name of a namespace", nsp);
      socket = new Socket(this, nsp, options);
      this.#sockets.set(nsp, socket);
    }
    if (this._autoConnect) socket.connect();
    // Who asks for a socket with certain event maps vouches for them.
    return socket as Socket<L, E>;
  }

  override open(callback?: OpenCallback): this {
    if (this.#state === "open") {
      callback?.();
      return this;
    }
    if (callback !== undefined) this.#openCallbacks.push(callback);
    this.#stopped = false;
    if (this.#state === "closed") this.#connect();
    return this;
  }

  onOpen({ connect }: Handshake): void {
    this.#state = "open";
    clearTimeout(this.#openTimer);
    const asked = connect === this.#asked ? this.#asked : undefined;
    if (asked !== undefined) this.#sockets.get(asked)?._onAsked(); // others may be told of it only then
    this.emit("open");
    for (const socket of [...this.#sockets.values()]) socket._onOpen();
    this.#callBack(this.#takeOpenCallbacks());
    if (this.#reconnector.active) this.emit("reconnect", this.#reconnector.onOpened());
  }

  onMessage(message: Message): void {
    if (this.#state !== "open") return;
    let packet: Packet | undefined;
    try {
      packet = (this.#decoder ??= this.#createDecoder()).add(message);
    } catch (error) {
      // The decoder throws nothing but errors.
      return this.#end("parse error", error as Error);
    }
    if (packet === undefined) return this.#awaitAttachments();
    if (this.#attachmentTimer !== undefined) this.#stopAttachmentTimer();
    this.emit("packet", packet);
    this.#sockets.get(packet.nsp)?._onPacket(packet);
  }

  onPing(): void {
    for (const socket of this.#sockets.values()) socket._onPing();
    this.emit("ping");
  }

  onHandlerError(error: unknown, event: string): void {
    this._onHandlerError(error, undefined, event);
  }

  onDrain(): void {
    // packets wait in the engine
  }

  onError(error: Error): void {
    if (this.#state === "opening") this.#failOpen(error);
    else this.emit("error", error);
  }

  onClose(reason: CloseReason, details?: DisconnectDetails): void {
    if (this.#state === "open") this.#end(reason, details);
  }

  onAttempt(attempt: number): void {
    this.emit("reconnect_attempt", attempt);
    if (!this.#reconnector.active) return; // a listener has stopped it
    if (this.#state !== "closed") return; // somebody opens it by hand: what comes of that counts
    try {
      this.#connect();
    } catch (error) {
      // Options may be changed between attempts, to wrong ones too; the engine throws nothing but errors.
      this.#failOpen(error as Error);
    }
  }

  onGiveUp(): void {
    this.emit("reconnect_failed");
  }

  get _readyState(): ManagerState {
    return this.#state;
  }

  get _reconnecting(): boolean {
    return this.#reconnector.active;
  }

  get _writable(): boolean {
    return this.#state === "open" && this.engine.writable;
  }

  get _bufferedAmount(): number {
    return this.#state === "open" ? this.engine.bufferedAmount : 0;
  }

  get _expired(): boolean {
    return this.#state === "open" && this.engine.hasPingExpired();
  }

  _wake(): void {
    if (!this.#reconnector.active) this.open();
  }

  _send(packet: Packet, flags: EmitFlags): Encoded {
    const encoded = this.#parser.encode(packet);
    warnOfAttachments(encoded);
    const { maxPayload, transport } = this.engine;
    if (maxPayload !== undefined) checkSize(encoded, maxPayload, transport.name === "polling");
    this._sendAgain(encoded, flags);
    return encoded;
  }

  _sendAgain(encoded: Encoded, flags: EmitFlags): void {
    this.engine.sendMessages(encoded, flags.compress === false ? { compress: false } : undefined);
  }

  _release(): void {
    for (const socket of this.#sockets.values()) if (socket.active) return;
    this.#stopped = true;
    this.#reconnector.stop();
    if (this.#state !== "closed") this.#end("forced close");
  }

  _onHandlerError(error: unknown, socket: unknown, event: string): void {
    if (this.opts.handlerErrors === "throw") return throwUncaught(error);
    if (event !== "handler_error" && this.emit("handler_error", error, { socket, event })) return;
    printHandlerError(error, event);
  }

  protected override callListener(listener: Listener, args: readonly unknown[], event: string): void {
    const fail = (error: unknown): void => this._onHandlerError(error, undefined, event);
    callGuarded(this, listener, args, fail);
  }

  #connect(): void {
    const former = this.engine as BareEngineClient | undefined; // none before the first attempt
    const engine = new this.#Engine(this.#uri, this.opts);
    this.#state = "opening";
    this.#decoder = undefined;
    this.engine = engine;
    engine.handler = this;
    this.#startOpenTimer();
    this.#asked = undefined;
    engine.open(former, this.opts.earlyConnect === false ? undefined : () => this.#greet());
  }

  /** Asks for the first namespace with the handshake, if that has nothing to say that an address must not carry. */
  #greet(): Readonly<Record<string, string>> | undefined {
    const first = [...this.#sockets.values()].find(({ active }) => active);
    this.#asked = first?._bare === true ? first.nsp : undefined;
    return this.#asked === undefined ? undefined : { [ASK]: this.#asked };
  }

  #awaitAttachments(): void {
    if (this.#decoder?.pending !== true) return;
    this.#attachmentTimer ??= setTimeout(() => {
      this.#end("parse error", new ParseError("attachments did not come in time"));
    }, ATTACHMENT_TIMEOUT_MS);
    if (this.opts.autoUnref === true) unref(this.#attachmentTimer);
  }

  #stopAttachmentTimer(): void {
    clearTimeout(this.#attachmentTimer);
    this.#attachmentTimer = undefined;
  }

  #startOpenTimer(): void {
    const timeoutMs = this.timeout();
    if (timeoutMs === false) return;
    this.#openTimer = startDeadline(() => {
      this.#failOpen(new ConnectTimeoutError());
    }, timeoutMs);
    if (this.opts.autoUnref === true) unref(this.#openTimer);
  }

  #failOpen(error: Error): void {
    this.#dropEngine();
    const callbacks = this.#takeOpenCallbacks();
    for (const socket of [...this.#sockets.values()]) socket._onOpenError(error);
    this.emit("error", error);
    this.#callBack(callbacks, error);
    if (this.#reconnector.active) {
      this.#reconnector.onFailed();
      this.emit("reconnect_error", error);
    } else if (callbacks.length === 0) {
      this.#reopen();
    }
  }

  #end(reason: ClientDisconnectReason, details?: DisconnectDetails): void {
    this.#dropEngine();
    this.#openCallbacks = [];
    // A socket that has left on its own says itself why it did.
    for (const socket of [...this.#sockets.values()]) if (socket.active) socket._onClose(reason, details);
    this.emit("close", reason, details);
    this.#reopen();
  }

  #reopen(): void {
    if (this.#stopped || !this.reconnection() || this.#state !== "closed") return;
    this.#reconnector.start(this.reconnectionAttempts());
  }

  #dropEngine(): void {
    clearTimeout(this.#openTimer);
    this.#stopAttachmentTimer();
    this.#state = "closed";
    const engine = this.engine as BareEngineClient | undefined; // wrong options leave none behind
    if (engine === undefined) return;
    engine.handler = undefined;
    engine.close();
  }

  #takeOpenCallbacks(): readonly OpenCallback[] {
    const callbacks = this.#openCallbacks;
    this.#openCallbacks = [];
    return callbacks;
  }

  #callBack(callbacks: readonly OpenCallback[], error?: Error): void {
    for (const callback of callbacks) this.callListener(callback, [error], "open");
  }

  #createDecoder(): PacketDecoder {
    return this.#parser.createDecoder(
      this.engine.binaryType === "arraybuffer" ? "arraybuffer" : "uint8array",
    );
  }
}
