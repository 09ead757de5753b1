/** Connections made by the package `ioredis`. */
import type { RedisLink, RedisLinkFactory, RedisLinkOwner } from "./redis-link.ts";

/** The part of a client of the package `ioredis` that is used here. */
export interface IoRedisClient {
  /** How it is: the package `redis` has no such member. */
  readonly status: string;
  /** Another client with the same options but for some. */
  duplicate(overrides: object): IoRedisClient;
  /** Resolves when it is connected. */
  connect(): Promise<unknown>;
  /** Ends it when everything has been answered. */
  quit(): Promise<unknown>;
  /** Ends it at once. */
  disconnect(): void;
  /** Calls a listener at each event. */
  on(event: string, listener: (...args: never[]) => void): unknown;
  /** PUBLISH. */
  publish(channel: string, message: Buffer): Promise<unknown>;
  /** Sends any command; texts in the answer are bytes. */
  callBuffer(command: string, ...args: (string | Buffer)[]): Promise<unknown>;
  /** SUBSCRIBE. */
  subscribe(...channels: string[]): Promise<unknown>;
  /** UNSUBSCRIBE. */
  unsubscribe(...channels: string[]): Promise<unknown>;
}

/** Who has lost a connection makes another, so that both libraries behave alike. */
const OVERRIDES = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
};

/** Makes connections like that of `client`, which itself is left alone. */
export function ioRedisLinks(client: IoRedisClient): RedisLinkFactory {
  return (owner) => new IoRedisLink(client.duplicate(OVERRIDES), owner);
}

class IoRedisLink implements RedisLink {
  readonly #client: IoRedisClient;

  constructor(client: IoRedisClient, owner: RedisLinkOwner) {
    this.#client = client;
    client.on("messageBuffer", (_channel: unknown, message: Buffer) => owner.onMessage(message));
    client.on("error", (error: unknown) => owner.onLost(error));
    client.on("end", () => owner.onLost(new Error("Redis has ended the connection.")));
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  publish(channel: string, message: Buffer): Promise<unknown> {
    return this.#client.publish(channel, message);
  }

  call(command: string, args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.#client.callBuffer(command, ...args);
  }

  subscribe(channels: readonly string[]): Promise<unknown> {
    return this.#client.subscribe(...channels);
  }

  unsubscribe(channel: string): Promise<unknown> {
    return this.#client.unsubscribe(channel);
  }

  close(): Promise<unknown> {
    return this.#client.quit();
  }

  destroy(): void {
    this.#client.disconnect();
  }
}
