/** The engine's client without a network: the test is the server. */
import type {
  CloseReason,
  DisconnectDetails,
  EngineClientHandler,
  EngineClientOptions,
  Message,
} from "@telsiz/engine/client";
import { defaultParser, type Encoded, type Packet } from "@telsiz/parser";

/** Stands in for `EngineClient` of `@telsiz/engine/client`. */
export class FakeEngine {
  /** All that were made since {@link FakeEngine.reset}. */
  static readonly all: FakeEngine[] = [];

  handler: EngineClientHandler | undefined;
  readonly binaryType = "nodebuffer";
  readonly uri: string | undefined;
  /** The options as they were when it was made. */
  readonly options: EngineClientOptions;
  state: "new" | "opening" | "open" | "closed" = "new";
  writable = false;
  bufferedAmount = 0;
  /** What the server says that it takes. */
  maxPayload: number | undefined;
  transport = { name: "websocket" };
  /** The engine of the connection before. */
  former: unknown;
  /** What the handshake is to carry. */
  greet: (() => object | undefined) | undefined;
  expired = false;
  /** What the client has sent since the last {@link take}. */
  #sent: Packet[] = [];
  /** With which flags. */
  readonly flags: unknown[] = [];
  readonly #decoder = defaultParser.createDecoder();

  constructor(uri: string | undefined, options: EngineClientOptions) {
    this.uri = uri;
    this.options = { ...options };
    FakeEngine.all.push(this);
  }

  /** The one that was made last. */
  static get last(): FakeEngine {
    const engine = FakeEngine.all.at(-1);
    if (engine === undefined) throw new Error("no engine was made");
    return engine;
  }

  static reset(): void {
    FakeEngine.all.length = 0;
  }

  // What the manager does

  open(former?: unknown, greet?: () => object | undefined): this {
    this.state = "opening";
    this.former = former;
    this.greet = greet;
    return this;
  }

  close(): this {
    this.#end();
    return this;
  }

  sendMessages(messages: Encoded, flags?: unknown): void {
    if (this.state !== "open") return;
    for (const message of Array.isArray(messages) ? messages : [messages as Message]) {
      const packet = this.#decoder.add(message as Message);
      if (packet !== undefined) this.#sent.push(packet);
    }
    this.flags.push(flags);
  }

  hasPingExpired(): boolean {
    return this.expired;
  }

  // What the server does

  /** Opens the session. @param said what else is in the open packet */
  accept(said: object = {}): this {
    this.state = "open";
    this.writable = true;
    const waits = { pingInterval: 25_000, pingTimeout: 20_000, maxPayload: undefined };
    this.handler?.onOpen({ sid: "engine", upgrades: [], ...waits, ...said });
    return this;
  }

  /** Refuses the session. */
  fail(error: Error = new Error("xhr poll error")): void {
    this.#end();
    this.handler?.onError(error);
  }

  /** Ends the session. */
  drop(reason: CloseReason = "transport close", details?: DisconnectDetails): void {
    this.#end();
    this.handler?.onClose(reason, details);
  }

  /** Sends a packet to the client. */
  send(packet: Packet): void {
    const encoded = defaultParser.encode(packet);
    for (const message of Array.isArray(encoded) ? encoded : [encoded]) this.sendRaw(message as Message);
  }

  /** Sends a message to the client, lawful or not. */
  sendRaw(message: Message): void {
    this.handler?.onMessage(message);
  }

  /** What the client has sent since the last time. */
  take(): Packet[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  #end(): void {
    this.state = "closed";
    this.writable = false;
  }
}
