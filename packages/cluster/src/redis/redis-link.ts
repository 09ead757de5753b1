/** One connection to Redis, whichever library makes it. It is used once: who loses it makes another. */

/** Whom a connection serves. */
export interface RedisLinkOwner {
  /** A message came on a channel that is subscribed to. */
  onMessage(message: Uint8Array): void;
  /** The connection is lost, or cannot be relied on. May be called more than once. */
  onLost(error: unknown): void;
}

/** A connection. */
export interface RedisLink {
  /** Resolves when it is there. Rejects where it cannot be had. */
  connect(): Promise<unknown>;
  /** Resolves when Redis has taken the message. */
  publish(channel: string, message: Buffer): Promise<unknown>;
  /** Sends another command, and resolves with the answer; texts in it are bytes. */
  call(command: string, args: readonly (string | Buffer)[]): Promise<unknown>;
  /** Resolves when messages of the channels come. */
  subscribe(channels: readonly string[]): Promise<unknown>;
  /** Resolves when they come no more. */
  unsubscribe(channel: string): Promise<unknown>;
  /** Resolves when what was published has been taken, and the connection is closed. */
  close(): Promise<unknown>;
  /** Drops the connection. */
  destroy(): void;
}

/** Makes a connection that is not there yet. */
export type RedisLinkFactory = (owner: RedisLinkOwner) => RedisLink;
