/** The adapter of several servers that share a bus (api-surface.md 7.3). Who extends it brings the bus. */
import { type EventPacket, PacketType } from "@telsiz/parser";
import type {
  AdapterNamespace,
  AnswerCallback,
  BroadcastOptions,
  ClientCountCallback,
  Room,
  ServerAnswersCallback,
  SocketDetails,
} from "./adapter.ts";
import { type AwaitedServers, CountedServers, NamedServers } from "./awaited-servers.ts";
import {
  type ClusterMessage,
  type ClusterMessageBody,
  type ClusterResponse,
  type ClusterResponseBody,
  decodeOptions,
  decodeSocket,
  encodeOptions,
  encodeSocket,
  isClusterMessage,
  isClusterResponse,
  MessageType,
  type Offset,
  type ServerId,
} from "./cluster-message.ts";
import { AnsweredBroadcast, type ClusterRequest, ClusterRequests, Gathering } from "./cluster-requests.ts";
import { ClusterMessageError } from "./errors.ts";
import { InMemoryAdapter } from "./in-memory-adapter.ts";

/** That of Socket.IO. */
const REQUEST_TIMEOUT_MS = 5_000;

/** What a class that extends {@link ClusterAdapter} may choose. */
export interface ClusterAdapterOptions {
  /** Its id, which no other server has. @default eight random bytes */
  readonly uid?: ServerId;
  /** How long other servers may take to respond, in milliseconds. @default 5_000 */
  readonly requestTimeout?: number;
}

type BodyOf<T extends MessageType> = Extract<ClusterMessageBody, { readonly type: T }>;

/**
 * Does on all servers what is asked of one. A class that extends it sends messages in {@link doPublish} and
 * {@link doPublishResponse}, hands those that come to {@link onMessage} and {@link onResponse}, and says in
 * {@link serverCount} how many servers there are. Its messages are those of `socket.io-adapter`, version 2.5.
 */
export abstract class ClusterAdapter extends InMemoryAdapter {
  /** Tells this adapter apart from those of all other servers. */
  readonly uid: ServerId;
  readonly #requests: ClusterRequests;
  readonly #requestTimeoutMs: number;

  constructor(nsp: AdapterNamespace, options: ClusterAdapterOptions = {}) {
    super(nsp);
    this.uid = options.uid ?? randomUid();
    this.#requestTimeoutMs = options.requestTimeout ?? REQUEST_TIMEOUT_MS;
    this.#requests = new ClusterRequests(this.uid);
  }

  /** Sends a message to all other servers; it may come back to this one. @returns its place, if the bus keeps a log */
  protected abstract doPublish(message: ClusterMessage): Promise<Offset | undefined> | Promise<void>;

  /** Sends a response to one server, or to all. */
  protected abstract doPublishResponse(requester: ServerId, response: ClusterResponse): Promise<void> | void;

  /** Takes a message from the bus. What is none is reported, as `handler_error`, and has no effect. */
  onMessage(message: unknown, offset?: Offset): void {
    if (!isClusterMessage(message)) return this.report(new ClusterMessageError(message), "onMessage");
    if (message.uid === this.uid || message.nsp !== this.nsp.name) return;
    try {
      this.handle(message, offset);
    } catch (error) {
      this.report(error, "onMessage"); // the packet cannot be encoded here
    }
  }

  /** Takes a response from the bus. What is none is reported, as `handler_error`, and has no effect. */
  onResponse(response: unknown): void {
    if (isClusterResponse(response)) this.#requests.onResponse(response);
    else this.report(new ClusterMessageError(response), "onResponse");
  }

  override close(): Promise<void> | void {
    this.#requests.close();
  }

  override broadcast(packet: EventPacket, options: BroadcastOptions): Promise<void> | void {
    const { flags = {} } = options;
    const delivery = this.nsp._prepare(packet, flags); // what cannot be encoded goes nowhere
    const published =
      flags.local === true
        ? undefined
        : this.publish({ type: MessageType.BROADCAST, data: { packet, opts: encodeOptions(options) } });
    this.deliver(delivery, options);
    return published;
  }

  override broadcastWithAck(
    packet: EventPacket,
    options: BroadcastOptions,
    onClientCount: ClientCountCallback,
    onAnswer: AnswerCallback,
  ): Promise<void> | void {
    const { flags = {} } = options;
    if (flags.local === true) return super.broadcastWithAck(packet, options, onClientCount, onAnswer);
    void super.broadcastWithAck(packet, options, onClientCount, onAnswer); // what cannot be encoded goes nowhere
    const known = this.knownServers();
    const request = new AnsweredBroadcast(known && new NamedServers(known), onClientCount, onAnswer);
    const onFailed = (error: Error): void => this.report(error, "broadcastWithAck");
    this.#request(request, flags.timeout ?? this.#requestTimeoutMs, onFailed, (requestId) => ({
      type: MessageType.BROADCAST,
      data: { packet, opts: encodeOptions(options), requestId },
    }));
  }

  override async fetchSockets(options: BroadcastOptions): Promise<SocketDetails[]> {
    const { flags = {} } = options;
    const sockets = await super.fetchSockets(options);
    if (flags.local === true) return sockets;
    const servers = await this.#awaitServers();
    if (servers.complete) return sockets;
    const read = (response: ClusterResponse): SocketDetails[] =>
      response.type === MessageType.FETCH_SOCKETS_RESPONSE ? response.data.sockets.map(decodeSocket) : [];
    return new Promise((resolve, reject) => {
      const gathering = new Gathering(servers, sockets, read, (error, found) => {
        if (error === null) resolve(found);
        else reject(error);
      });
      const timeoutMs = flags.timeout ?? this.#requestTimeoutMs;
      this.#request(gathering, timeoutMs, reject, (requestId) => ({
        type: MessageType.FETCH_SOCKETS,
        data: { opts: encodeOptions(options), requestId },
      }));
    });
  }

  override addSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void {
    void super.addSockets(options, rooms);
    return this.#publishUnlessLocal(options, {
      type: MessageType.SOCKETS_JOIN,
      data: { opts: encodeOptions(options), rooms },
    });
  }

  override delSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void {
    void super.delSockets(options, rooms);
    return this.#publishUnlessLocal(options, {
      type: MessageType.SOCKETS_LEAVE,
      data: { opts: encodeOptions(options), rooms },
    });
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): Promise<void> | void {
    // Told first: those who leave here are still in their rooms there.
    const opts = encodeOptions(options);
    const published = this.#publishUnlessLocal(options, {
      type: MessageType.DISCONNECT_SOCKETS,
      data: { opts, close },
    });
    void super.disconnectSockets(options, close);
    return published;
  }

  override serverSideEmit(packet: unknown[]): Promise<void> | void {
    const last = packet.at(-1);
    if (typeof last !== "function")
      return this.publish({ type: MessageType.SERVER_SIDE_EMIT, data: { packet } });
    return this.#requestServerSide(packet.slice(0, -1), last as ServerAnswersCallback);
  }

  /** The ids of the other servers, if they are known. */
  protected knownServers(): Iterable<ServerId> | undefined {
    return undefined;
  }

  /** A server has gone: nobody waits for it any longer. */
  protected onServerGone(uid: ServerId): void {
    this.#requests.onServerGone(uid);
  }

  /** A server has no such namespace: nobody waits for its response to this request. */
  protected onServerAbsent(uid: ServerId, requestId: string): void {
    this.#requests.onServerAbsent(uid, requestId);
  }

  /** Sends a message to all other servers. */
  protected async publish(message: ClusterMessageBody): Promise<void> {
    await this.doPublish({ uid: this.uid, nsp: this.nsp.name, ...message });
  }

  /** Does what another server asks. @throws EncodeError */
  protected handle(message: ClusterMessage, offset: Offset | undefined): void {
    switch (message.type) {
      case MessageType.BROADCAST:
        return this.#onBroadcast(message.uid, message.data, offset);
      case MessageType.SOCKETS_JOIN:
        return void super.addSockets(decodeOptions(message.data.opts), message.data.rooms);
      case MessageType.SOCKETS_LEAVE:
        return void super.delSockets(decodeOptions(message.data.opts), message.data.rooms);
      case MessageType.DISCONNECT_SOCKETS:
        return void super.disconnectSockets(decodeOptions(message.data.opts), message.data.close ?? false);
      case MessageType.FETCH_SOCKETS:
        return this.#onFetchSockets(message.uid, message.data);
      case MessageType.SERVER_SIDE_EMIT:
        return this.#onServerSideEmit(message.uid, message.data);
      default: // heartbeats are for the class that knows the servers by them
    }
  }

  /** Tells the application of what went wrong with the bus. */
  protected report(error: unknown, method: string): void {
    this.nsp._onHandlerError(error, undefined, method);
  }

  #onBroadcast(
    sender: ServerId,
    { opts, packet: { data }, requestId }: BodyOf<typeof MessageType.BROADCAST>["data"],
    offset: Offset | undefined,
  ): void {
    const options = decodeOptions(opts);
    const packet: EventPacket = { type: PacketType.EVENT, nsp: this.nsp.name, data };
    const { flags = {} } = options;
    if (!requestId) {
      const isKept = offset !== undefined && flags.volatile !== true && flags.latest === undefined;
      return this.deliver(this.nsp._prepare(packet, flags, isKept ? offset : undefined), options);
    }
    void super.broadcastWithAck(
      packet,
      { ...options, flags: { ...flags, timeout: flags.timeout ?? this.#requestTimeoutMs } },
      (clientCount) => {
        this.#respond(sender, { type: MessageType.BROADCAST_CLIENT_COUNT, data: { requestId, clientCount } });
      },
      (answer) => {
        this.#respond(sender, { type: MessageType.BROADCAST_ACK, data: { requestId, packet: answer } });
      },
    );
  }

  #onFetchSockets(
    sender: ServerId,
    { opts, requestId }: BodyOf<typeof MessageType.FETCH_SOCKETS>["data"],
  ): void {
    this.#settle(
      super.fetchSockets(decodeOptions(opts)).then((found) => {
        const sockets = found.map(encodeSocket);
        this.#respond(sender, { type: MessageType.FETCH_SOCKETS_RESPONSE, data: { requestId, sockets } });
      }),
      "fetchSockets",
    );
  }

  #onServerSideEmit(
    sender: ServerId,
    { packet, requestId }: BodyOf<typeof MessageType.SERVER_SIDE_EMIT>["data"],
  ): void {
    if (!requestId) return this.nsp._onServerSideEmit([...packet]);
    let answered = false;
    const answer = (value: unknown): void => {
      if (answered) return;
      answered = true;
      this.#respond(sender, {
        type: MessageType.SERVER_SIDE_EMIT_RESPONSE,
        data: { requestId, packet: value },
      });
    };
    this.nsp._onServerSideEmit([...packet, answer]);
  }

  async #requestServerSide(packet: readonly unknown[], onAnswers: ServerAnswersCallback): Promise<void> {
    const read = (response: ClusterResponse): unknown[] =>
      response.type === MessageType.SERVER_SIDE_EMIT_RESPONSE ? [response.data.packet] : [];
    try {
      const servers = await this.#awaitServers();
      if (servers.complete) {
        onAnswers(null, []);
        return;
      }
      const gathering = new Gathering<unknown>(servers, [], read, onAnswers);
      const onFailed = (error: Error): void => onAnswers(error, []);
      this.#request(gathering, this.#requestTimeoutMs, onFailed, (requestId) => ({
        type: MessageType.SERVER_SIDE_EMIT,
        data: { packet, requestId },
      }));
    } catch (error) {
      onAnswers(error as Error, []); // the servers cannot be counted
    }
  }

  async #awaitServers(): Promise<AwaitedServers> {
    const known = this.knownServers();
    return known === undefined ? new CountedServers((await this.serverCount()) - 1) : new NamedServers(known);
  }

  /** Publishes a request; `onFailed` is called if that cannot be done. */
  #request(
    request: ClusterRequest,
    timeoutMs: number,
    onFailed: (error: Error) => void,
    messageOf: (requestId: string) => ClusterMessageBody,
  ): void {
    let requestId: string;
    try {
      requestId = this.#requests.add(request, timeoutMs);
    } catch (error) {
      return onFailed(error as Error);
    }
    this.publish(messageOf(requestId)).catch((error: unknown) => {
      if (this.#requests.remove(requestId)) onFailed(error as Error);
    });
  }

  #publishUnlessLocal({ flags }: BroadcastOptions, message: ClusterMessageBody): Promise<void> | void {
    if (flags?.local !== true) return this.publish(message);
  }

  #respond(requester: ServerId, body: ClusterResponseBody): void {
    const respond = async (): Promise<void> =>
      this.doPublishResponse(requester, { uid: this.uid, nsp: this.nsp.name, ...body });
    this.#settle(respond(), "doPublishResponse");
  }

  #settle(outcome: Promise<void>, method: string): void {
    outcome.catch((error: unknown) => this.report(error, method));
  }
}

/** Eight random bytes in hexadecimal, as with Socket.IO. */
function randomUid(): ServerId {
  return [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
