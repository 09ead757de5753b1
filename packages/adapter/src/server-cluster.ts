/** The seam between a server and the cluster that it is a node of. */
import type { AdapterNamespace, NamespaceAdapter, Room, SocketId } from "./adapter.ts";
import type { RecoveryLimits } from "./session-aware-adapter.ts";

/** What another server sent did not come here, or may not have come. */
export interface ClusterGap {
  /** The id of the node that sent it. */
  readonly node: string;
  /** The namespace that it was for, if it was for one room; otherwise it may have been for any. */
  readonly namespace: string | undefined;
  /** The room that it was for, if it was for one. */
  readonly room: Room | undefined;
  /** How many broadcasts and requests are lost, if that is known. */
  readonly lost: number | undefined;
  /**
   * Why. `overrun`: the node did not keep them for so long. `down`: it was silent for so long that it counts as gone; what it sent
   * last may be lost. `return`: it is heard again after it was forgotten. `history`: the log of the broker has forgotten it; `node` is
   * the server itself.
   */
  readonly reason: "overrun" | "down" | "return" | "history";
}

/** What a cluster tells its server. */
export interface ClusterReports {
  /** Something is lost, or may be. */
  onGap(gap: ClusterGap): void;
  /** Something is wrong between this server and the others; what can be done is tried again. */
  onError(error: unknown): void;
}

/** An engine of the server, as the cluster sees it. Requests, responses and sockets are those of Node.js. */
export interface ClusteredEngine {
  /** Its sessions, by id. */
  readonly clients: {
    /** Whether it has one. */
    has(id: string): boolean;
  };
  /** Answers a request. */
  handleRequest(request: object, response: object): void;
  /** Answers a request for an upgrade. */
  handleUpgrade(request: object, socket: object, head: Uint8Array): void;
}

/** The sessions of all servers, as an engine sees them: the directory that it is given. */
export interface ClusterSessions {
  /** Makes an id for a session of this server. */
  newId(): string | Promise<string>;
  /** Has the server that the id names answer a request. @returns whether it does */
  forwardRequest(id: string, request: object, response: object): Promise<boolean>;
  /** As {@link forwardRequest}, for an upgrade. */
  forwardUpgrade(id: string, request: object, socket: object, head: Uint8Array): Promise<boolean>;
}

/** A server's place in a cluster. */
export interface ServerCluster {
  /** Connects, and tries again while it cannot. Called before adapters are made. */
  open(reports: ClusterReports): void;
  /** Leaves, when all adapters are closed. It may be opened again. */
  close(): Promise<void>;
  /** Makes the adapter of a namespace. @param recovery how much is kept for clients that come back, if they may */
  adapterOf(nsp: AdapterNamespace, recovery?: RecoveryLimits): NamespaceAdapter;
  /** A new id for a socket of this server. */
  newSocketId(): SocketId;
  /** Lets the other servers reach the sessions of an engine, and the engine theirs, until the cluster is closed. */
  connect(engine: ClusteredEngine): ClusterSessions;
}

/** Makes a server's place in a cluster. */
export type ClusterFactory = () => ServerCluster;
