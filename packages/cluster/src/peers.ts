/** The other nodes that can be reached without the broker, and connections to them. */
import { Agent } from "node:http";
import { connect, type Socket } from "node:net";
import type { NodeId } from "./node-id.ts";
import { decodeCard, type PeerCard } from "./peer-card.ts";
import { greetHost } from "./peer-greeting.ts";

/** A node that cannot be reached is tried again after so long, in milliseconds: until then it is reached by the broker. */
const RETRY_MS = 30_000;

/** How long a connection that nobody needs is kept, in milliseconds: less than the other node keeps it. */
const IDLE_MS = 30_000;

/** How long the other node keeps it, in milliseconds. */
export const HOST_IDLE_MS = 60_000;

/** All of them. */
export class Peers {
  readonly #peers = new Map<NodeId, Peer>();

  /** The node, if it is known how to reach it, and that it can be. */
  find(node: NodeId): Peer | undefined {
    const peer = this.#peers.get(node);
    return peer?.isReachable === true ? peer : undefined;
  }

  /** A node tells where it is: whether that is true is tried out. @throws ClusterFrameError */
  learn(node: NodeId, data: Buffer): void {
    if (this.#peers.get(node)?.isSettled(performance.now()) === true) return;
    this.forget(node);
    const peer = new Peer(decodeCard(data));
    this.#peers.set(node, peer);
    peer.tryOut();
  }

  /** A node has gone. */
  forget(node: NodeId): void {
    this.#peers.get(node)?.close();
    this.#peers.delete(node);
  }

  /** Ends all connections. */
  close(): void {
    for (const node of [...this.#peers.keys()]) this.forget(node);
  }
}

/** Another node. */
export class Peer {
  /** Keeps connections for requests. */
  readonly agent: Agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  readonly #card: PeerCard;
  readonly #sockets = new Set<Socket>();
  #state: "untried" | "reachable" | "unreachable" = "untried";
  #lostAt = 0;

  constructor(card: PeerCard) {
    this.#card = card;
    this.agent.createConnection = (_options, done) => {
      this.dial().then(
        (socket) => done?.(null, socket),
        (error: unknown) => done?.(error as Error, undefined as never), // its type knows of no failure
      );
      return undefined;
    };
  }

  /** Whether it could be reached the last time. */
  get isReachable(): boolean {
    return this.#state === "reachable";
  }

  /** Whether there is nothing to try out. */
  isSettled(now: number): boolean {
    return this.#state !== "unreachable" || now - this.#lostAt < RETRY_MS;
  }

  /** Connects once, so that it is known whether that is possible. */
  tryOut(): void {
    this.dial().then(
      (socket) => socket.destroy(),
      () => undefined, // then the broker has to do
    );
  }

  /** Connects. Rejects if that fails, or somebody else answers. */
  async dial(): Promise<Socket> {
    const { host, port, secret } = this.#card;
    const socket = connect(port, host).setNoDelay();
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined); // it is closed, too
    try {
      await greetHost(socket, secret);
      this.#state = "reachable";
      return socket;
    } catch (error) {
      this.#state = "unreachable";
      this.#lostAt = performance.now();
      throw error;
    }
  }

  /** Ends all connections to it. */
  close(): void {
    this.agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}
