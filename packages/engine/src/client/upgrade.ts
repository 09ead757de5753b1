/** The client's side of the move from polling to another transport (protocol.md A.7). */
import { TransportError } from "../shared/errors.ts";
import { type ControlType, controlPacket } from "../shared/packet.ts";
import type { TransportHandler } from "../shared/transport.ts";
import {
  type ClientTransport,
  leave,
  type TransportUpgrade,
  type UpgradeOwner,
} from "./transports/transport.ts";

/** A transport that can be brought to rest without an end. */
export interface Pausable {
  /** Calls back once nothing is under way, and starts nothing more. */
  pause(onPaused: () => void): void;
  /** Takes the work up again, also while `pause` still waits. */
  resume(): void;
}

type State = "idle" | "opening" | "probing" | "pausing" | "ended";

const PROBE = "probe";

/**
 * ```
 *         start()           open: sends 2probe        3probe came          nothing under way: sends 5
 *   Idle ────────▶ Opening ───────────────────▶ Probing ─────────▶ Pausing ─────────────────────────▶ Ended + onUpgraded
 *                     │ closed                     │ closed, other packet │ closed, other packet: resumes
 *                     └────────────────────────────┴──────────────────────┴──▶ Ended + onUpgradeFailed
 * ```
 * The candidate's first word after `5` is the server's next packet, and the old transport has said its last by
 * then: so nothing is lost, doubled or out of order.
 */
export class Upgrade implements TransportUpgrade, TransportHandler {
  readonly candidate: ClientTransport;
  readonly #current: Pausable;
  readonly #owner: UpgradeOwner;
  #state: State = "idle";

  constructor(current: Pausable, candidate: ClientTransport, owner: UpgradeOwner) {
    this.#current = current;
    this.candidate = candidate;
    this.#owner = owner;
  }

  get holding(): boolean {
    return this.#state === "pausing";
  }

  start(): void {
    this.#state = "opening";
    this.candidate.handler = this;
    this.candidate.open();
  }

  cancel(): void {
    this.#end();
  }

  onDrain(): void {
    if (this.#state !== "opening") return;
    this.#state = "probing";
    this.candidate.send([controlPacket("ping", PROBE)]);
  }

  onControl(type: ControlType, data: string): void {
    if (this.#state !== "probing" || type !== "pong" || data !== PROBE) return this.#fail("probe error");
    this.#state = "pausing";
    this.#owner.onUpgrading();
    this.#current.pause(() => this.#complete());
  }

  onMessage(): void {
    this.#fail("probe error");
  }

  onClose(_reason: string, cause: unknown): void {
    if (cause instanceof Error) this.#fail(`probe error: ${String(cause)}`, cause);
    else this.#fail("probe error: transport closed");
  }

  #complete(): void {
    if (this.#state !== "pausing") return;
    this.#state = "ended";
    this.candidate.send([controlPacket("upgrade")]);
    this.#owner.onUpgraded();
  }

  #fail(message: string, cause?: Error): void {
    if (this.#state === "ended") return;
    const wasPausing = this.holding;
    this.#end();
    if (wasPausing) this.#current.resume();
    this.#owner.onUpgradeFailed(new TransportError(message, cause));
  }

  #end(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    leave(this.candidate);
  }
}
