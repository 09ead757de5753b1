/** Packets on one stream of an HTTP/3 session, by the WebTransport of the platform (protocol.md A.10). */
import { toText } from "../../shared/codec.ts";
import { TransportError } from "../../shared/errors.ts";
import { encodeFrames, FrameStream } from "../../shared/frame-stream.ts";
import { controlPacket, type OutgoingPacket, type WirePacket, wireOf } from "../../shared/packet.ts";
import type { TransportHandler } from "../../shared/transport.ts";
import { DEFAULT_MAX_PAYLOAD } from "../network-options.ts";
import { requestUrl } from "../url.ts";
import { receive } from "./receive.ts";
import {
  type ClientTransport,
  deafHandler,
  end,
  type TransportContext,
  transportQuery,
} from "./transport.ts";

/** How long a session that works already waits for a better transport: where UDP is blocked, nothing says so. */
const CANDIDATE_TIMEOUT_MS = 5000;

/**
 * WebTransport with the global of that name, which some browsers have, and Node.js if a program puts one there. Its URL has no query,
 * as that of Socket.IO.
 */
export class WebTransport implements ClientTransport {
  /** By which `transports` may ask for it, too. */
  static readonly transportName = "webtransport";
  /** Browsers send none of the application's with it. */
  static readonly takesHeaders = false;
  /** Whether the platform has a WebTransport. */
  static get supported(): boolean {
    return typeof globalThis.WebTransport === "function";
  }

  /** What it is among the upgrades of a server. */
  readonly name = "webtransport";
  readonly query: Readonly<Record<string, string>>;
  handler: TransportHandler = deafHandler;
  writable = false;
  bufferedBytes = 0;
  readonly #context: TransportContext;
  readonly #frames: FrameStream;
  #session: globalThis.WebTransport | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #timer: unknown = undefined;
  #closed = false;

  constructor(context: TransportContext) {
    this.#context = context;
    this.#frames = new FrameStream(context.options.maxPayload ?? DEFAULT_MAX_PAYLOAD);
    this.query = transportQuery("webtransport", context, false);
  }

  open(): void {
    const { platform, sid } = this.#context;
    if (sid !== undefined) {
      const giveUp = (): void => this.#fail(new Error("it was not open in time"));
      this.#timer = platform.clock.setTimeout(giveUp, CANDIDATE_TIMEOUT_MS);
    }
    this.#run().then(
      () => end(this, "transport close", { description: "webtransport stream ended" }),
      (error: unknown) => this.#fail(error),
    );
  }

  send(packets: readonly OutgoingPacket[]): void {
    const { options, platform } = this.#context;
    // Empty bytes have no frame that a peer would take.
    const carried = (wire: WirePacket): WirePacket =>
      options.forceBase64 || wire.length === 0 ? toText(wire, platform.base64) : wire;
    this.#write(packets.map((packet) => carried(wireOf(packet))));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.writable = false;
    this.#context.platform.clock.clearTimeout(this.#timer);
    const end = (): void => this.#session?.close();
    // What was sent has to arrive first, if there is a stream.
    if (this.#writer === undefined) end();
    else this.#writer.close().then(end, end);
  }

  async #run(): Promise<void> {
    const { options, sid } = this.#context;
    // It takes what it knows and passes over the rest. The subprotocols are for WebSockets.
    const known: object = { ...options, protocols: [] };
    const session = new globalThis.WebTransport(requestUrl(options, "https", {}), known);
    this.#session = session;
    session.closed.then(
      (info) =>
        end(this, "transport close", { description: "webtransport connection closed", context: info }),
      (error: unknown) => this.#fail(error),
    );
    await session.ready;
    const { readable, writable } = await session.createBidirectionalStream();
    if (this.#closed) return;
    this.#writer = (writable as WritableStream<Uint8Array>).getWriter();
    this.#write([controlPacket("open", sid === undefined ? "" : JSON.stringify({ sid }))]);
    await this.#read((readable as ReadableStream<Uint8Array>).getReader());
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    for (let chunk = await reader.read(); !chunk.done && !this.#closed; chunk = await reader.read()) {
      this.#frames.push(chunk.value);
      for (let wire = this.#frames.next(); wire !== undefined; wire = this.#frames.next()) {
        this.#receive(wire);
        if (this.#isClosed()) return;
      }
    }
  }

  #receive(wire: WirePacket): void {
    const { platform } = this.#context;
    const data = typeof wire === "string" ? wire : platform.toBytes(wire);
    const error = receive(data, this.handler, platform.base64);
    if (error !== undefined) end(this, "transport error", error);
  }

  /** Also tells after a call that may have closed the transport. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #write(packets: readonly WirePacket[]): void {
    const frames = encodeFrames(packets);
    this.writable = false;
    this.bufferedBytes = frames.length;
    this.#writer!.write(frames).then(
      () => this.#onSent(),
      (error: unknown) => this.#fail(error),
    );
  }

  #onSent(): void {
    this.bufferedBytes = 0;
    if (this.#closed) return;
    this.#context.platform.clock.clearTimeout(this.#timer);
    this.writable = true;
    this.handler.onDrain();
  }

  #fail(error: unknown): void {
    end(this, "transport error", new TransportError("webtransport error", error));
  }
}
