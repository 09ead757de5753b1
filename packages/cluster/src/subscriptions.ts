/** Which channels a node listens to: those that somebody here is interested in, and for a while longer. */
import type { Broker } from "./broker.ts";
import type { Cancel, Clock } from "./clock.ts";

/** A channel that is listened to. */
interface Subscription {
  /** Resolves when the broker brings its frames. */
  readonly active: Promise<void>;
  /** Resolves when it is certain that what the other nodes publish comes here. */
  readonly ready: Promise<void>;
  /** Whether `ready` is reached. */
  isReady: boolean;
  /** Ends it, where nobody is interested any more. */
  lingering: Cancel | undefined;
}

/** What it needs of its node. */
export interface SubscriptionsOwner {
  readonly clock: Clock;
  /** Resolves when the broker is open. */
  readonly opened: Promise<void>;
  /** See {@link Inbound.follow}. */
  follow(channel: string): Promise<void>;
  /** See {@link Inbound.unfollow}. */
  unfollow(channel: string): void;
  /** The broker refused. */
  onError(error: unknown): void;
}

/** All channels of a node. */
export class Subscriptions {
  readonly #broker: Broker;
  readonly #owner: SubscriptionsOwner;
  readonly #lingerMs: number;
  readonly #retryMs: number;
  readonly #channels = new Map<string, Subscription>();

  /** @param retryMs how long to wait until a broker that refused is asked again */
  constructor(broker: Broker, owner: SubscriptionsOwner, lingerMs: number, retryMs: number) {
    this.#broker = broker;
    this.#owner = owner;
    this.#lingerMs = lingerMs;
    this.#retryMs = retryMs;
  }

  /** Whether a channel is listened to. */
  has(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** Somebody is interested. @returns when what others publish comes for certain; nothing if it does already */
  add(channel: string): Promise<void> | undefined {
    let subscription = this.#channels.get(channel);
    if (subscription === undefined) {
      subscription = this.#begin(channel);
    } else {
      subscription.lingering?.();
      subscription.lingering = undefined;
    }
    return subscription.isReady ? undefined : subscription.ready;
  }

  /** Resolves when the broker brings the frames of a channel that was added. */
  activeOf(channel: string): Promise<void> | undefined {
    return this.#channels.get(channel)?.active;
  }

  /** Nobody is interested any more. Somebody may be soon. */
  remove(channel: string): void {
    const subscription = this.#channels.get(channel);
    if (subscription === undefined) return;
    subscription.lingering ??= this.#owner.clock.after(this.#lingerMs, () => this.#end(channel));
  }

  /** Ends all. */
  close(): void {
    for (const { lingering } of this.#channels.values()) lingering?.();
    this.#channels.clear();
  }

  #begin(channel: string): Subscription {
    const active = this.#subscribe(channel);
    const follow = (): Promise<void> | undefined =>
      this.#channels.get(channel) === subscription ? this.#owner.follow(channel) : undefined;
    const ready = active.then(follow).then(() => {
      subscription.isReady = true;
    });
    const subscription: Subscription = { active, ready, isReady: false, lingering: undefined };
    this.#channels.set(channel, subscription);
    return subscription;
  }

  async #subscribe(channel: string): Promise<void> {
    await this.#owner.opened;
    while (this.#channels.has(channel)) {
      try {
        await this.#broker.subscribe(channel);
        return;
      } catch (error) {
        this.#owner.onError(error);
        await new Promise<void>((resolve) => this.#owner.clock.after(this.#retryMs, resolve));
      }
    }
  }

  #end(channel: string): void {
    this.#channels.delete(channel);
    this.#owner.unfollow(channel);
    this.#broker.unsubscribe(channel);
  }
}
