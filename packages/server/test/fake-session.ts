/** An engine session without a transport: a test plays the client through it and reads what the server sends. */
import { IncomingMessage } from "node:http";
import { Socket as NetSocket } from "node:net";
import {
  type CloseReason,
  type OutgoingPacket,
  PreparedPacket,
  type ReadyState,
  type Session,
  type SessionHandler,
} from "@telsiz/engine/server";
import { createParser, defaultParser, type Message, type Packet, PacketType } from "@telsiz/parser";
import type { Server, Socket } from "../src/index.ts";

/** What a test may say about a session. */
export interface FakeSessionOptions {
  /** The URL of the request that opened it. */
  url?: string;
  /** The headers of that request. */
  headers?: Record<string, string>;
  /** Whether no request opened it, as with WebTransport. */
  withoutRequest?: boolean;
  /** Whether closing has to wait for the client, as over polling when no request is there to be answered. */
  closesLater?: boolean;
}

/** What the server side needs of an engine session, and the other end of it. */
export class FakeSession {
  handler: SessionHandler | undefined = undefined;
  readyState: ReadyState = "open";
  writable = true;
  readonly remoteAddress = "192.0.2.7";
  request: IncomingMessage;
  readonly id = "session";
  /** What has not left: nothing waits here. */
  readonly queuedPackets: number = 0;
  /** What was given to the engine, as it was given. */
  readonly outgoing: OutgoingPacket[] = [];
  readonly #closesLater: boolean;
  readonly #decoder = createParser({ maxNamespaceLength: Infinity }).createDecoder();
  readonly #io: Server;
  #sent: Packet[] = [];

  constructor(
    io: Server,
    {
      url = "/socket.io/",
      headers = {},
      withoutRequest = false,
      closesLater = false,
    }: FakeSessionOptions = {},
  ) {
    this.#io = io;
    this.#closesLater = closesLater;
    this.request = new IncomingMessage(new NetSocket());
    this.request.url = url;
    this.request.headers = headers;
    if (withoutRequest) Object.assign(this, { request: undefined });
    io.onconnection(this as unknown as Session); // stands for all of a Session that the server touches
  }

  /** What was said about the latest values that were sent: the key, and what is called when they are dropped. */
  readonly latest: [key: string, onDropped: (() => void) | undefined][] = [];

  sendPackets(packets: readonly OutgoingPacket[]): void {
    for (const packet of packets) this.sendPacket(packet);
  }

  sendLatest(key: string, packets: readonly OutgoingPacket[], onDropped?: () => void): void {
    this.latest.push([key, onDropped]);
    this.sendPackets(packets);
  }

  allowBacklog(): void {
    // it has no limit
  }

  sendPacket(packet: OutgoingPacket): void {
    this.outgoing.push(packet);
    const wire = packet instanceof PreparedPacket ? packet.wire : packet;
    const decoded = this.#decoder.add(typeof wire === "string" ? wire.slice(1) : wire);
    if (decoded !== undefined) this.#sent.push(decoded);
  }

  close(discard = false): void {
    if (this.readyState === "closed") return;
    this.readyState = "closing";
    if (discard || !this.#closesLater) this.lose("forced close");
  }

  /** The engine connection ends. */
  lose(reason: CloseReason = "transport close", details?: unknown): void {
    this.readyState = "closed";
    this.handler?.onClose(reason, details);
  }

  /** The client sends messages as they are. */
  receive(...messages: Message[]): void {
    for (const message of messages) this.handler?.onMessage(message);
  }

  /** The client sends a packet. */
  send(packet: Packet): void {
    const encoded = defaultParser.encode(packet);
    this.receive(...((Array.isArray(encoded) ? encoded : [encoded]) as Message[])); // a test has no Blob
  }

  /** The client sends an event; with an id it asks for an acknowledgement. */
  emit(data: unknown[], id?: number, nsp = "/"): void {
    this.send({ type: PacketType.EVENT, nsp, data, id });
  }

  /** The client acknowledges an event. */
  acknowledge(id: number, data: unknown[], nsp = "/"): void {
    this.send({ type: PacketType.ACK, nsp, data, id });
  }

  /** The client asks for a namespace. */
  connect(nsp = "/", auth?: object): void {
    this.send({ type: PacketType.CONNECT, nsp, data: auth });
  }

  /** The client joins a namespace; the server's socket for it. */
  join(nsp = "/", auth?: object): Socket {
    this.connect(nsp, auth);
    const answer = this.take().at(-1);
    if (answer?.type !== PacketType.CONNECT) throw new Error(`not let in: ${JSON.stringify(answer)}`);
    const { sid } = answer.data as { sid: string };
    return this.#io.of(nsp).sockets.get(sid)!;
  }

  /** The packets that came from the server since the last call. */
  take(): Packet[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  /** The name and arguments of the events among them. */
  takeEvents(): (readonly unknown[])[] {
    return this.take().flatMap((packet) => (packet.type === PacketType.EVENT ? [packet.data] : []));
  }
}

/** Opens a session and joins the main namespace. */
export function joined(io: Server, options?: FakeSessionOptions): { session: FakeSession; socket: Socket } {
  const session = new FakeSession(io, options);
  return { session, socket: session.join() };
}
