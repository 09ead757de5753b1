/** The adapter of several servers that know of each other by heartbeats (api-surface.md 7.3). */
import { checkDurations } from "@telsiz/events";
import type { AdapterNamespace } from "./adapter.ts";
import { ClusterAdapter } from "./cluster-adapter.ts";
import { type ClusterMessage, MessageType, type Offset, type ServerId } from "./cluster-message.ts";
import { unref } from "./unref.ts";

/** How servers learn of each other. All servers should have the same. */
export interface HeartbeatOptions {
  /** Time between two heartbeats, in milliseconds. @default 5_000 */
  heartbeatInterval?: number;
  /** Time without a message after which a server is taken for gone, in milliseconds. @default 10_000 */
  heartbeatTimeout?: number;
}

/** How often servers are looked for that have gone silently, in milliseconds; as with Socket.IO. */
const SWEEP_INTERVAL_MS = 1_000;

/** What sends from outside and is no server: `@socket.io/redis-emitter` and the like. */
const EMITTER_UID = "emitter";

/** Monotonic: servers must not seem gone because somebody set the clock. */
const nowMs = (): number => performance.now();

/** Counts the servers, and ends the wait for one as soon as it says that it goes, or has been silent for too long. */
export abstract class ClusterAdapterWithHeartbeat extends ClusterAdapter {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  /** When the other servers were heard last. */
  readonly #lastHeardMs = new Map<ServerId, number>();
  #heartbeatTimer: ReturnType<typeof setInterval> | undefined;
  #sweepTimer: ReturnType<typeof setInterval> | undefined;

  /** @throws OptionError */
  constructor(nsp: AdapterNamespace, options: HeartbeatOptions = {}) {
    super(nsp);
    checkDurations(options, "heartbeatInterval", "heartbeatTimeout");
    this.#intervalMs = options.heartbeatInterval ?? 5_000;
    this.#timeoutMs = options.heartbeatTimeout ?? 10_000;
  }

  override init(): Promise<void> | void {
    this.#heartbeatTimer = unref(setInterval(() => this.#publishHeartbeat(), this.#intervalMs));
    this.#sweepTimer = unref(setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS));
    return this.publish({ type: MessageType.INITIAL_HEARTBEAT });
  }

  override close(): Promise<void> | void {
    clearInterval(this.#heartbeatTimer);
    clearInterval(this.#sweepTimer);
    void super.close();
    return this.publish({ type: MessageType.ADAPTER_CLOSE });
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(1 + this.#lastHeardMs.size);
  }

  protected override knownServers(): Iterable<ServerId> {
    return this.#lastHeardMs.keys();
  }

  protected override handle(message: ClusterMessage, offset: Offset | undefined): void {
    const { uid, type } = message;
    if (type === MessageType.ADAPTER_CLOSE) return this.#forget(uid);
    if (uid !== EMITTER_UID) this.#lastHeardMs.set(uid, nowMs());
    if (type === MessageType.INITIAL_HEARTBEAT) this.#publishHeartbeat();
    else super.handle(message, offset);
  }

  #publishHeartbeat(): void {
    this.publish({ type: MessageType.HEARTBEAT }).catch((error: unknown) => this.report(error, "doPublish"));
  }

  #forget(uid: ServerId): void {
    if (this.#lastHeardMs.delete(uid)) this.onServerGone(uid);
  }

  #sweep(): void {
    const oldest = nowMs() - this.#timeoutMs;
    for (const [uid, lastHeard] of [...this.#lastHeardMs]) if (lastHeard <= oldest) this.#forget(uid);
  }
}
