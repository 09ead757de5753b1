/** A script that Redis runs in one step, sent by its digest where Redis knows it. */
import { createHash } from "node:crypto";

/** Sends a command and resolves with the answer; texts in it are bytes. */
export type RedisCall = (command: string, args: readonly (string | Buffer)[]) => Promise<unknown>;

/** A connection, as scripts need it. */
export interface RedisConnection {
  /** Another one after each start of Redis. */
  readonly runId: string;
  readonly call: RedisCall;
}

/** A script in Lua. */
export class RedisScript {
  readonly #source: string;
  readonly #digest: string;

  constructor(source: string) {
    this.#source = source;
    this.#digest = createHash("sha1").update(source).digest("hex");
  }

  async run(
    { call }: RedisConnection,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    const rest = [
      String(keys.length),
      ...keys,
      ...args.map((arg) => (typeof arg === "number" ? String(arg) : arg)),
    ];
    try {
      return await call("EVALSHA", [this.#digest, ...rest]);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return call("EVAL", [this.#source, ...rest]);
    }
  }
}
