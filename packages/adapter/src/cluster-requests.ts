/** The requests of one server that wait for the responses of others: bounded in number, and each in time. */
import { startDeadline } from "@telsiz/events";
import type { AnswerCallback, ClientCountCallback } from "./adapter.ts";
import type { AwaitedServers } from "./awaited-servers.ts";
import { type ClusterResponse, MessageType, type ServerId } from "./cluster-message.ts";
import { ClusterBusyError, ClusterTimeoutError } from "./errors.ts";

/** More that wait at once are a sign of a bus that brings no responses; each of them holds memory. */
const MAX_REQUESTS = 100_000;

/** A request that waits. */
export interface ClusterRequest {
  /** A response came. @returns whether the request is done */
  onResponse(response: ClusterResponse): boolean;
  /** A server has gone: it will not respond any more. @returns whether the request is done */
  onServerGone(uid: ServerId): boolean;
  /** The time is over. */
  onTimeout(): void;
}

interface Pending {
  readonly request: ClusterRequest;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/** All requests of one adapter, by their ids. */
export class ClusterRequests {
  readonly #prefix: string;
  readonly #limit: number;
  readonly #pending = new Map<string, Pending>();
  #lastId = 0;

  /** @param prefix of the ids, which no other server has: some buses bring every response to everybody */
  constructor(prefix: string, limit: number = MAX_REQUESTS) {
    this.#prefix = prefix;
    this.#limit = limit;
  }

  /** How many wait. */
  get size(): number {
    return this.#pending.size;
  }

  /** Adds a request. @returns its id @throws ClusterBusyError */
  add(request: ClusterRequest, timeoutMs: number): string {
    if (this.#pending.size >= this.#limit) throw new ClusterBusyError(this.#limit);
    const id = `${this.#prefix}.${++this.#lastId}`;
    const timer = startDeadline(() => {
      this.#pending.delete(id);
      request.onTimeout();
    }, timeoutMs);
    this.#pending.set(id, { request, timer });
    return id;
  }

  /** Drops a request without telling it. @returns whether it waited */
  remove(id: string): boolean {
    clearTimeout(this.#pending.get(id)?.timer);
    return this.#pending.delete(id);
  }

  /** A response came. One that nobody waits for, perhaps not any more, is passed over. */
  onResponse(response: ClusterResponse): void {
    const { requestId } = response.data;
    if (this.#pending.get(requestId)?.request.onResponse(response) === true) this.remove(requestId);
  }

  /** A server has gone. */
  onServerGone(uid: ServerId): void {
    for (const id of [...this.#pending.keys()]) this.onServerAbsent(uid, id);
  }

  /** A server has nothing to say to one request. */
  onServerAbsent(uid: ServerId, id: string): void {
    if (this.#pending.get(id)?.request.onServerGone(uid) === true) this.remove(id);
  }

  /** Nothing will come any more: all that wait get what they would get at their timeout. */
  close(): void {
    for (const [id, { request }] of [...this.#pending]) {
      this.remove(id);
      request.onTimeout();
    }
  }
}

/** A request that each of the other servers responds to once. */
export class Gathering<T> implements ClusterRequest {
  readonly #servers: AwaitedServers;
  readonly #read: (response: ClusterResponse) => readonly T[];
  readonly #onSettled: (error: ClusterTimeoutError | null, gathered: T[]) => void;
  readonly #gathered: T[];

  /**
   * @param known what needs no response
   * @param read takes out of a response what it adds
   * @param onSettled called once, with an error if responses are missing, and with what came
   */
  constructor(
    servers: AwaitedServers,
    known: T[],
    read: (response: ClusterResponse) => readonly T[],
    onSettled: (error: ClusterTimeoutError | null, gathered: T[]) => void,
  ) {
    this.#servers = servers;
    this.#gathered = known;
    this.#read = read;
    this.#onSettled = onSettled;
  }

  onResponse(response: ClusterResponse): boolean {
    if (this.#servers.respond(response.uid)) this.#gathered.push(...this.#read(response));
    return this.#settleIfComplete();
  }

  onServerGone(uid: ServerId): boolean {
    this.#servers.forget(uid);
    return this.#settleIfComplete();
  }

  onTimeout(): void {
    const servers = this.#servers;
    const error = new ClusterTimeoutError(servers.describeTimeout(), this.#gathered, servers.missing);
    this.#onSettled(error, this.#gathered);
  }

  #settleIfComplete(): boolean {
    if (this.#servers.complete) this.#onSettled(null, this.#gathered);
    return this.#servers.complete;
  }
}

/** A broadcast whose answers are awaited: each server says how many clients it reached, each client answers once. */
export class AnsweredBroadcast implements ClusterRequest {
  /** `undefined` where the other servers are not known by their ids: then it waits for its timeout. */
  readonly #servers: AwaitedServers | undefined;
  readonly #onClientCount: ClientCountCallback;
  readonly #onAnswer: AnswerCallback;
  /** Clients that have not answered, and answers that came before their server's count. */
  #missing = 0;

  constructor(
    servers: AwaitedServers | undefined,
    onClientCount: ClientCountCallback,
    onAnswer: AnswerCallback,
  ) {
    this.#servers = servers;
    this.#onClientCount = onClientCount;
    this.#onAnswer = onAnswer;
  }

  onResponse(response: ClusterResponse): boolean {
    if (response.type === MessageType.BROADCAST_CLIENT_COUNT) {
      if (this.#servers?.respond(response.uid) === false) return false;
      this.#missing += response.data.clientCount;
      this.#onClientCount(response.data.clientCount);
    } else if (response.type === MessageType.BROADCAST_ACK) {
      this.#missing--;
      this.#onAnswer(response.data.packet);
    }
    return this.#complete;
  }

  onServerGone(uid: ServerId): boolean {
    // It has no clients any more: nobody needs to wait for their number.
    if (this.#servers?.forget(uid) === true) this.#onClientCount(0);
    return this.#complete;
  }

  onTimeout(): void {
    // who waits for the answers has a timeout of his own
  }

  get #complete(): boolean {
    return this.#servers?.complete === true && this.#missing === 0;
  }
}
