/** Connections made by the package `redis`. */
import type { RedisLink, RedisLinkFactory, RedisLinkOwner } from "./redis-link.ts";

/** The part of a client of the package `redis` that is used here. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  readonly options?: { readonly socket?: object } | undefined;
  duplicate(overrides: object): NodeRedisClient;
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
  destroy(): void;
  on(event: string, listener: (error: unknown) => void): unknown;
  publish(channel: string, message: Buffer): Promise<unknown>;
  sendCommand(
    args: (string | Buffer)[],
    options?: { typeMapping: { readonly 36: typeof Buffer } },
  ): Promise<unknown>;
  subscribe(
    channels: string[],
    listener: (message: Buffer, channel: Buffer) => unknown,
    bufferMode: true,
  ): Promise<unknown>;
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
