/** Values in Redis, each by a key of its own. */
import type { Kv } from "../kv.ts";
import { asBuffer } from "./bytes.ts";
import { type RedisConnection, RedisScript } from "./redis-script.ts";

const TAKE = new RedisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** What it needs of its broker. */
export interface RedisKvOwner {
  readonly prefix: string;
  /** Resolves with a connection, as soon as there is one. */
  connection(): Promise<RedisConnection>;
}

/** One node's end of the values. */
export class RedisKv implements Kv {
  readonly #owner: RedisKvOwner;

  constructor(owner: RedisKvOwner) {
    this.#owner = owner;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return ((await this.#call("GET", [this.#nameOf(key)])) as Buffer | null) ?? undefined;
  }

  async put(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    const lifetime = Number.isFinite(ttlMs) ? ["PX", String(Math.ceil(ttlMs))] : [];
    await this.#call("SET", [this.#nameOf(key), asBuffer(value), ...lifetime]);
  }

  async take(key: string, value: Uint8Array): Promise<boolean> {
    return (
      Number(await TAKE.run(await this.#owner.connection(), [this.#nameOf(key)], [asBuffer(value)])) === 1
    );
  }

  async touch(key: string, ttlMs: number): Promise<void> {
    const name = this.#nameOf(key);
    if (Number.isFinite(ttlMs)) await this.#call("PEXPIRE", [name, String(Math.ceil(ttlMs))]);
    else await this.#call("PERSIST", [name]);
  }

  async remove(key: string): Promise<void> {
    await this.#call("DEL", [this.#nameOf(key)]);
  }

  async #call(command: string, args: readonly (string | Buffer)[]): Promise<unknown> {
    const { call } = await this.#owner.connection();
    return call(command, args);
  }

  #nameOf(key: string): string {
    return `${this.#owner.prefix}kv:${key}`;
  }
}
