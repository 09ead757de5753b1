/** Several servers of one cluster, each with a port and clients of its own. */
import { setImmediate } from "node:timers/promises";
import { bounded } from "@telsiz/testkit";
import type { Server, ServerOptions } from "socket.io";
import { type Meeting, openMeeting, type Pair } from "./meeting.ts";
import { type ServerKind, stockClient } from "./peers.ts";

/** What a server of the cluster gets as its option `adapter`. */
export type MakeAdapter = (kind: ServerKind) => unknown;

/** Opens a {@link Cluster} whose servers know of each other. */
export async function openCluster(
  kinds: readonly ServerKind[],
  makeAdapter: MakeAdapter,
  options: Partial<ServerOptions> = {},
): Promise<Cluster> {
  const opening = kinds.map((kind) =>
    openMeeting(kind, { ...options, adapter: makeAdapter(kind) as ServerOptions["adapter"] }, stockClient),
  );
  const cluster = new Cluster(await Promise.all(opening));
  await cluster.assemble();
  return cluster;
}

/** The servers, the first of which tests let speak. */
export class Cluster {
  readonly nodes: readonly Meeting[];

  /** @see openCluster */
  constructor(nodes: readonly Meeting[]) {
    this.nodes = nodes;
  }

  /** The first server. */
  get io(): Server {
    return this.nodes[0]!.io;
  }

  /** Resolves when each server knows of all others. */
  async assemble(count: number = this.nodes.length): Promise<void> {
    for (const { io } of this.nodes.slice(0, count)) {
      let waiting = true;
      const look = async (): Promise<void> => {
        while (waiting && (await io.of("/").adapter.serverCount()) !== count) await setImmediate();
      };
      await bounded(look(), `each server to know of ${count}`).finally(() => (waiting = false));
    }
  }

  /** A client of each server. */
  pairs(auth: (index: number) => object = () => ({})): Promise<Pair[]> {
    return Promise.all(
      this.nodes.map((node, index) => node.pair({ transports: ["websocket"], auth: auth(index) })),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }
}
