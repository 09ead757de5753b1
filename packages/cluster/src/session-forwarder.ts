/** A cluster without sticky sessions: a request that came to the wrong node goes to the one that its session's id names. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { ClusteredEngine, ClusterSessions } from "@telsiz/adapter";
import { restoreClient } from "./forwarded-client.ts";
import type { NodeId } from "./node-id.ts";
import { HOST_IDLE_MS } from "./peers.ts";
import { type RelayOutcome, relayRequest, relayUpgrade, type Way } from "./relay.ts";

/** The node that clients came to has had its own limit. */
const MAX_HEADER_BYTES = 256 * 1_024;

/** What it needs of its node. */
export interface SessionForwarderOwner {
  /** An id that names this node, as soon as the others can know of it. */
  newSessionId(): string | Promise<string>;
  /** The other node that the id of a session names, if it is there. */
  findPresent(id: string): NodeId | undefined | Promise<NodeId | undefined>;
  /** How requests reach a node. */
  wayTo(node: NodeId): Way;
  /** Connects to a node. @returns nothing if it does not answer */
  connectTo(node: NodeId): Promise<Duplex | undefined>;
  /** What came from a node is no request that it forwards. */
  onError(error: unknown): void;
}

/** Sends requests to other nodes, and takes theirs. */
export class SessionForwarder implements ClusterSessions {
  readonly #owner: SessionForwarderOwner;
  readonly #engines = new Set<ClusteredEngine>();
  /** Requests that other nodes have forwarded: they go no further. */
  readonly #received = new WeakSet<IncomingMessage>();
  /** Listens to nothing: it is given connections. */
  readonly #http = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: false,
    keepAliveTimeout: HOST_IDLE_MS,
  });

  constructor(owner: SessionForwarderOwner) {
    this.#owner = owner;
    this.#http.on("request", (request, response) =>
      this.#receive(request, (engine) => engine.handleRequest(request, response)),
    );
    this.#http.on("upgrade", (request, socket, head) =>
      this.#receive(request, (engine) => engine.handleUpgrade(request, socket, head)),
    );
  }

  /** Lets other nodes reach an engine. */
  add(engine: ClusteredEngine): void {
    this.#engines.add(engine);
  }

  /** Lets other nodes reach none. */
  clear(): void {
    this.#engines.clear();
  }

  /** Another node forwards requests. */
  take(link: Duplex): void {
    this.#http.emit("connection", link);
  }

  newId(): string | Promise<string> {
    return this.#owner.newSessionId();
  }

  async forwardRequest(id: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const node = await this.#find(id, request);
    if (node === undefined) return false;
    const send = (): Promise<RelayOutcome> => relayRequest(id, request, response, this.#owner.wayTo(node));
    const outcome = await send();
    return (outcome === "unreached" ? await send() : outcome) === "answered"; // there may be another way
  }

  async forwardUpgrade(id: string, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<boolean> {
    const node = await this.#find(id, request);
    const link = node === undefined ? undefined : await this.#owner.connectTo(node);
    if (link === undefined) return false;
    if (socket.destroyed) link.destroy();
    else relayUpgrade(id, request, socket, head, link);
    return true;
  }

  #find(id: string, request: IncomingMessage): NodeId | undefined | Promise<NodeId | undefined> {
    return this.#received.has(request) ? undefined : this.#owner.findPresent(id);
  }

  #receive(request: IncomingMessage, handle: (engine: ClusteredEngine) => void): void {
    try {
      const sid = restoreClient(request);
      const [first, ...others] = this.#engines;
      const engine = others.find(({ clients }) => clients.has(sid)) ?? first;
      if (engine === undefined) return void request.socket.destroy();
      this.#received.add(request);
      handle(engine); // which refuses it if the session has ended
    } catch (error) {
      request.socket.destroy();
      this.#owner.onError(error);
    }
  }
}
