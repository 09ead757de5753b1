/** Which other nodes there are. A node is known by what comes from it, and forgotten by its silence. */
import { ClusterFrameError } from "./errors.ts";
import type { NodeId } from "./node-id.ts";
import type { Timing } from "./timing.ts";

/** Frames with ever new ids must not fill the memory. */
const MAX_MEMBERS = 4_096;

/**
 * ```
 *            suspectAfter        deadAfter          forgetAfter
 *   alive ───────────────▶ suspect ───────▶ dead ───────────────▶ (forgotten)
 *     ▲                       │               │                       ▲
 *     └───────────────────────┴───────────────┘ it is heard           │ deadAfter
 *   alive, suspect ── LEAVE ──▶ left ─────────────────────────────────┘
 * ```
 */
interface Member {
  state: "alive" | "suspect" | "dead" | "left";
  heardAt: number;
}

/** What is told of the other nodes. */
export interface MembersOwner {
  /** A node is there, or there again. @param back whether it was forgotten before */
  onMet(node: NodeId, back: boolean): void;
  /** A node has been silent for a while. */
  onSuspect(node: NodeId): void;
  /** A node counts as gone. @param left whether it said so */
  onDown(node: NodeId, left: boolean): void;
  /** A node will not go on from where it was. */
  onForgotten(node: NodeId): void;
}

/** All other nodes. */
export class Members {
  readonly #timing: Timing;
  readonly #owner: MembersOwner;
  readonly #members = new Map<NodeId, Member>();
  /** Those who were silent until they were forgotten. */
  readonly #forgotten = new Set<NodeId>();
  #sweptAt: number;

  constructor(timing: Timing, owner: MembersOwner, now: number) {
    this.#timing = timing;
    this.#owner = owner;
    this.#sweptAt = now;
  }

  /** Those who are not known to be gone. */
  get present(): NodeId[] {
    const present: NodeId[] = [];
    for (const [id, { state }] of this.#members)
      if (state === "alive" || state === "suspect") present.push(id);
    return present;
  }

  /** The node whose id begins so, if it may still be there, or come back. */
  find(beginning: string): NodeId | undefined {
    for (const [id, { state }] of this.#members) {
      if (id.startsWith(beginning) && state !== "left") return id;
    }
    return undefined;
  }

  /** Whether a node is not known to be gone. */
  isPresent(node: NodeId): boolean {
    const state = this.#members.get(node)?.state;
    return state === "alive" || state === "suspect";
  }

  /** Something came from a node. @throws ClusterFrameError */
  hear(node: NodeId, now: number): void {
    const member = this.#members.get(node);
    if (member === undefined) return this.#add(node, now);
    if (member.state === "left") return;
    const wasDead = member.state === "dead";
    member.state = "alive";
    member.heardAt = now;
    if (wasDead) this.#owner.onMet(node, false);
  }

  /** A node has said that it goes. @returns whether that is news */
  leave(node: NodeId, now: number): boolean {
    const member = this.#members.get(node);
    if (member === undefined || member.state === "left") return false;
    const wasDead = member.state === "dead";
    member.state = "left";
    member.heardAt = now;
    if (!wasDead) this.#owner.onDown(node, true);
    return true;
  }

  /** Looks for those who have been silent; called with every heartbeat. */
  sweep(now: number): void {
    const late = now - this.#sweptAt - this.#timing.heartbeat;
    this.#sweptAt = now;
    for (const [node, member] of [...this.#members]) {
      // This process itself was held up: what others sent meanwhile may be waiting to be read.
      if (late > this.#timing.heartbeat) member.heardAt = Math.min(now, member.heardAt + late);
      this.#age(node, member, now - member.heardAt);
    }
  }

  #add(node: NodeId, now: number): void {
    if (this.#members.size >= MAX_MEMBERS) {
      throw new ClusterFrameError(`frames of more than ${MAX_MEMBERS} nodes came`);
    }
    this.#members.set(node, { state: "alive", heardAt: now });
    this.#owner.onMet(node, this.#forgotten.delete(node));
  }

  #age(node: NodeId, member: Member, silentMs: number): void {
    const { suspectAfter, deadAfter, forgetAfter } = this.#timing;
    if (member.state === "left") {
      if (silentMs >= deadAfter) this.#drop(node);
    } else if (member.state === "dead") {
      if (silentMs >= forgetAfter) this.#forget(node);
    } else if (silentMs >= deadAfter) {
      member.state = "dead";
      this.#owner.onDown(node, false);
    } else if (silentMs >= suspectAfter) {
      member.state = "suspect";
      this.#owner.onSuspect(node);
    }
  }

  #forget(node: NodeId): void {
    if (this.#forgotten.size >= MAX_MEMBERS)
      for (const oldest of this.#forgotten) {
        this.#forgotten.delete(oldest);
        break;
      }
    this.#forgotten.add(node);
    this.#drop(node);
  }

  #drop(node: NodeId): void {
    this.#members.delete(node);
    this.#owner.onForgotten(node);
  }
}
