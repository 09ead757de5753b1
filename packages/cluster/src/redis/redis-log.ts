/** Streams in Redis: of each a list of what is kept, and beside it how far it and those who append have come. */
import type { Log, LogLimits, LogSlice, Producer } from "../log.ts";
import { asBuffer } from "./bytes.ts";
import { type RedisConnection, RedisScript } from "./redis-script.ts";

/** Producers that a stream remembers: those that appended to it last. */
const PRODUCERS = 1_000;

/** Entries begin with the time, in milliseconds, in so many digits. */
const TIME_DIGITS = 13;

/**
 * An epoch ends when Redis has forgotten it, or has started again: it may have come back with a part of what it had, and what
 * servers and clients have seen since is not in it. What is left of a stream of an epoch before is dropped.
 * Keys: the epoch, the stream's state (a hash: `epoch`, `head`, `bytes`, and `p:` with each producer), its entries (a list), its
 * producers (a sorted set, by when they came last). Arguments: the id of this run of Redis, and what would be a new epoch.
 */
const ENTER_EPOCH = `
local epoch = redis.call('GET', KEYS[1])
if not epoch or string.sub(epoch, 1, #ARGV[1]) ~= ARGV[1] then
  epoch = ARGV[2]
  redis.call('SET', KEYS[1], epoch)
end
local own = redis.call('HGET', KEYS[2], 'epoch')
if own and own ~= epoch then redis.call('DEL', KEYS[2], KEYS[3], KEYS[4]) end
`;

const APPEND = new RedisScript(`
${ENTER_EPOCH}
local channel, stream, producer = ARGV[3], ARGV[4], ARGV[5]
local seq, maxFrames, maxBytes = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local maxAge, ttl = tonumber(ARGV[9]), tonumber(ARGV[10])
local count = #ARGV - 10
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local stamp = string.format('%0${TIME_DIGITS}d', now)
local head = tonumber(redis.call('HGET', KEYS[2], 'head')) or 0
local bytes = tonumber(redis.call('HGET', KEYS[2], 'bytes')) or 0
local last = tonumber(redis.call('HGET', KEYS[2], 'p:' .. producer)) or seq - 1
local first = head + 1
local added = {}
for index = math.max(1, last + 2 - seq), count do
  local frame = ARGV[10 + index]
  redis.call('RPUSH', KEYS[3], stamp .. frame)
  head = head + 1
  bytes = bytes + #frame
  added[#added + 1] = struct.pack('>I4', #frame) .. frame
end
redis.call('HSET', KEYS[2], 'p:' .. producer, string.format('%d', math.max(last, seq + count - 1)))
redis.call('ZADD', KEYS[4], string.format('%d', now), producer)
if redis.call('ZCARD', KEYS[4]) > ${PRODUCERS} then
  redis.call('HDEL', KEYS[2], 'p:' .. redis.call('ZPOPMIN', KEYS[4])[1])
end
local size = redis.call('LLEN', KEYS[3])
while size > 1 do
  local oldest = redis.call('LINDEX', KEYS[3], 0)
  local isOld = tonumber(string.sub(oldest, 1, ${TIME_DIGITS})) < now - maxAge
  if size <= maxFrames and bytes <= maxBytes and not isOld then break end
  redis.call('LPOP', KEYS[3])
  size = size - 1
  bytes = bytes - (#oldest - ${TIME_DIGITS})
end
redis.call('HSET', KEYS[2], 'epoch', epoch, 'head', string.format('%d', head), 'bytes', string.format('%d', bytes))
for key = 2, 4 do
  if ttl > 0 then redis.call('PEXPIRE', KEYS[key], ttl) else redis.call('PERSIST', KEYS[key]) end
end
if #added > 0 then
  local fields = { stream, epoch, string.format('%d', first), string.format('%d', head) }
  for index, field in ipairs(fields) do fields[index] = struct.pack('>I4', #field) .. field end
  redis.call('PUBLISH', channel, 'L' .. table.concat(fields) .. table.concat(added))
end
return 0
`);

/** Answers the epoch, the first position, the head and the entries. */
const READ = new RedisScript(`
${ENTER_EPOCH}
local after, limit = tonumber(ARGV[3]), tonumber(ARGV[4])
local head = tonumber(redis.call('HGET', KEYS[2], 'head')) or 0
local tail = head - redis.call('LLEN', KEYS[3]) + 1
local first = math.max(after + 1, tail)
local answer = { epoch, string.format('%d', first), string.format('%d', head) }
if limit > 0 and first <= head then
  local entries = redis.call('LRANGE', KEYS[3], first - tail, first - tail + limit - 1)
  for index, entry in ipairs(entries) do answer[3 + index] = string.sub(entry, ${TIME_DIGITS + 1}) end
end
return answer
`);

/** What a log needs of its broker. */
export interface RedisLogOwner {
  readonly prefix: string;
  /** Resolves with a connection, as soon as there is one. */
  connection(): Promise<RedisConnection>;
  /** From when it resolves, what is published to a channel comes. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
}

/** One node's end of the streams. */
export class RedisLog implements Log {
  readonly #owner: RedisLogOwner;
  readonly #followed = new Map<string, (slice: LogSlice) => void>();

  constructor(owner: RedisLogOwner) {
    this.#owner = owner;
  }

  async append(
    stream: string,
    frames: readonly Uint8Array[],
    { id, seq }: Producer,
    { maxFrames, maxBytes, maxAgeMs, ttlMs = 0 }: LogLimits,
  ): Promise<void> {
    const connection = await this.#owner.connection();
    const limits = [maxFrames, maxBytes, maxAgeMs, ttlMs].map(finite);
    const channel = this.#owner.prefix + channelOf(stream);
    const args = [...epochsOf(connection), channel, stream, id, seq, ...limits, ...frames.map(asBuffer)];
    await APPEND.run(connection, this.#keysOf(stream), args);
  }

  async read(stream: string, after: number, limit: number): Promise<LogSlice> {
    const connection = await this.#owner.connection();
    const args = [...epochsOf(connection), after, limit];
    const answer = await READ.run(connection, this.#keysOf(stream), args);
    const [epoch, first, head, ...frames] = answer as [Buffer, Buffer, Buffer, ...Buffer[]]; // as the script answers
    return { epoch: epoch.toString(), first: Number(first), frames, head: Number(head) };
  }

  follow(stream: string, onSlice: (slice: LogSlice) => void): Promise<void> {
    this.#followed.set(stream, onSlice);
    return this.#owner.subscribe(channelOf(stream));
  }

  unfollow(stream: string): void {
    this.#followed.delete(stream);
    this.#owner.unsubscribe(channelOf(stream));
  }

  async touch(stream: string, ttlMs: number): Promise<void> {
    const { call } = await this.#owner.connection();
    const [, ...keys] = this.#keysOf(stream);
    await Promise.all(keys.map((key) => call("PEXPIRE", [key, String(finite(ttlMs))])));
  }

  async remove(stream: string): Promise<void> {
    const { call } = await this.#owner.connection();
    await call("DEL", this.#keysOf(stream).slice(1));
  }

  /** Frames were appended to a stream. */
  receive(stream: string, slice: LogSlice): void {
    this.#followed.get(stream)?.(slice);
  }

  /** See {@link ENTER_EPOCH}. */
  #keysOf(stream: string): string[] {
    const { prefix } = this.#owner;
    return [
      `${prefix}epoch`,
      ...["state", "entries", "producers"].map((part) => `${prefix}log:${stream}:${part}`),
    ];
  }
}

/** The first arguments of the scripts. */
function epochsOf({ runId }: RedisConnection): [string, string] {
  return [runId, `${runId}:${crypto.randomUUID()}`];
}

function channelOf(stream: string): string {
  return `+${stream}`;
}

/** Lua has no whole numbers beyond it. */
function finite(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}
