/** Connections made by the package `redis`. */
import type { RedisLink, RedisLinkFactory, RedisLinkOwner } from "./redis-link.ts";

/** The part of a client of the package `redis` that is used here. */
export interface NodeRedisClient {
  /** Whether it is connected, or about to be. */
  readonly isOpen: boolean;
  /** What it was made with. */
  readonly options?: { readonly socket?: object } | undefined;
  /** Another client with the same options but for some. */
  duplicate(overrides: object): NodeRedisClient;
  /** Resolves when it is connected. */
  connect(): Promise<unknown>;
  /** Ends it when everything has been answered. */
  close(): Promise<unknown>;
  /** Ends it at once. */
  destroy(): void;
  /** Calls a listener at each event. */
  on(event: string, listener: (error: unknown) => void): unknown;
  /** PUBLISH. */
  publish(channel: string, message: Buffer): Promise<unknown>;
  /** Sends any command. */
  sendCommand(
    args: (string | Buffer)[],
    options?: { typeMapping: { readonly 36: typeof Buffer } },
  ): Promise<unknown>;
  /** SUBSCRIBE. */
  subscribe(
    channels: string[],
    listener: (message: Buffer, channel: Buffer) => unknown,
    bufferMode: true,
  ): Promise<unknown>;
  /** UNSUBSCRIBE. */
  unsubscribe(channel: string): Promise<unknown>;
}

/** Strings of any length (RESP: `$`) are given as bytes. */
const AS_BYTES: { readonly 36: typeof Buffer } = { 36: Buffer };

/** Makes connections like that of `client`, which itself is left alone. */
export function nodeRedisLinks(client: NodeRedisClient): RedisLinkFactory {
  const overrides = {
    disableOfflineQueue: true,
    // Who has lost a connection makes another, so that both libraries behave alike.
    socket: { ...client.options?.socket, reconnectStrategy: false },
  };
  return (owner) => new NodeRedisLink(client.duplicate(overrides), owner);
}

class NodeRedisLink implements RedisLink {
  readonly #client: NodeRedisClient;
  readonly #onMessage: (message: Buffer) => void;

  constructor(client: NodeRedisClient, owner: RedisLinkOwner) {
    this.#client = client;
    this.#onMessage = (message) => owner.onMessage(message);
    client.on("error", (error) => owner.onLost(error));
    client.on("end", () => owner.onLost(new Error("Redis has ended the connection.")));
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  publish(channel: string, message: Buffer): Promise<unknown> {
    return this.#client.publish(channel, message);
  }

  call(command: string, args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.#client.sendCommand([command, ...args], { typeMapping: AS_BYTES });
  }

  subscribe(channels: readonly string[]): Promise<unknown> {
    return this.#client.subscribe([...channels], this.#onMessage, true);
  }

  unsubscribe(channel: string): Promise<unknown> {
    return this.#client.unsubscribe(channel);
  }

  close(): Promise<unknown> {
    return this.#client.close();
  }

  destroy(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }
}
