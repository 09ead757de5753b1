/** Taking sessions over from the node that has them, which is asked first: it may know more of them than is written. */
import type { RecoveryNode } from "./recovery-node.ts";
import type { NodeId } from "./node-id.ts";

/** What is known of the node that had a session: it has let go of it, it has gone, or it does not answer. */
export type Release = "released" | "gone" | "silent";

/** Who takes sessions over. */
export interface TakeoverOwner {
  readonly node: RecoveryNode;
  /** Asks a node for a session. */
  askFor(node: NodeId, pid: string): void;
}

interface Waiting {
  readonly node: NodeId;
  readonly settle: (release: Release) => void;
}

/** Asks one node for one session at a time. */
export class Takeover {
  readonly #owner: TakeoverOwner;
  /** By the ids of sessions. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(owner: TakeoverOwner) {
    this.#owner = owner;
  }

  /** Has a node let go of a session. */
  async from(node: NodeId, pid: string): Promise<Release> {
    const own = this.#owner.node;
    await own.met;
    if (!own.others.includes(node)) return "gone";
    return new Promise((resolve) => {
      const settle = (release: Release): void => {
        cancel();
        this.#waiting.delete(pid);
        resolve(release);
      };
      const cancel = own.clock.after(own.deadAfterMs + 2 * own.heartbeatMs, () => settle("silent"));
      this.#waiting.set(pid, { node, settle });
      this.#owner.askFor(node, pid);
    });
  }

  /** A node has let go of a session. */
  onReleased(node: NodeId, pid: string): void {
    const waiting = this.#waiting.get(pid);
    if (waiting?.node === node) waiting.settle("released");
  }

  /** A node has gone. */
  onGone(node: NodeId): void {
    for (const waiting of [...this.#waiting.values()]) if (waiting.node === node) waiting.settle("gone");
  }
}
