/** Collects the answers to a broadcast: how many are due is learned as the servers report their clients. */
import { startDeadline } from "@telsiz/events";
import type { BroadcastOptions, NamespaceAdapter, SocketId } from "@telsiz/adapter";
import type { EventPacket } from "@telsiz/parser";
import { AckTimeoutError } from "@telsiz/socket";
import { BroadcastAckError } from "./errors.ts";

/** Called once: with an error if not all answered in time, and with the answers that came. */
export type AnswersCallback = (error: BroadcastAckError | null, answers: unknown[]) => void;

/** What such a broadcast sees of its namespace. */
export interface CollectingNamespace {
  readonly adapter: NamespaceAdapter;
  /** Reports what the promise of an adapter's method is rejected with. */
  _watch(outcome: Promise<void> | void, method: string): void;
}

/** The answers to one broadcast. */
class BroadcastAcks {
  readonly #answers: unknown[] = [];
  #timer: NodeJS.Timeout | undefined;
  #expectedServers = Infinity;
  #servers = 0;
  #clients = 0;
  /** Those who have not answered yet, of each server that says so. */
  readonly #waiting: Iterable<SocketId>[] = [];
  #onSettled: AnswersCallback | undefined;
  /** With so many answers nobody waits for more. */
  readonly #enough: number;

  constructor(onSettled: AnswersCallback, enough: number) {
    this.#onSettled = onSettled;
    this.#enough = enough;
  }

  /** The broadcast is on its way: the time to answer begins. */
  start(timeoutMs: number): void {
    this.#timer = startDeadline(() => {
      const missing = this.#waiting.flatMap((ids) => [...ids]);
      this.#settle(new BroadcastAckError(new AckTimeoutError(), this.#answers, missing));
    }, timeoutMs);
  }

  onServerCount(count: number): void {
    this.#expectedServers = count;
    this.#settleIfComplete();
  }

  onClientCount(count: number, waiting: Iterable<SocketId> = []): void {
    this.#servers++;
    this.#waiting.push(waiting);
    this.#clients += count;
    this.#settleIfComplete();
  }

  onAnswer(answer: unknown): void {
    this.#answers.push(answer);
    this.#settleIfComplete();
  }

  #settleIfComplete(): void {
    const { length } = this.#answers;
    if (length >= this.#enough || (this.#servers >= this.#expectedServers && length >= this.#clients)) {
      this.#settle(null);
    }
  }

  #settle(error: BroadcastAckError | null): void {
    const onSettled = this.#onSettled;
    this.#onSettled = undefined;
    clearTimeout(this.#timer);
    onSettled?.(error, this.#answers);
  }
}

/**
 * Broadcasts a packet and collects the first value of each answer.
 * @param enough how many answers are waited for at most
 */
export function broadcastAndCollect(
  nsp: CollectingNamespace,
  packet: EventPacket,
  options: BroadcastOptions,
  timeoutMs: number,
  onSettled: AnswersCallback,
  enough: number = Infinity,
): void {
  const acks = new BroadcastAcks(onSettled, enough);
  const sent = nsp.adapter.broadcastWithAck(
    packet,
    options,
    (count, waiting) => {
      acks.onClientCount(count, waiting);
    },
    (answer) => {
      acks.onAnswer(answer);
    },
  );
  nsp._watch(sent, "broadcastWithAck");
  acks.start(timeoutMs);
  // An adapter that cannot count its servers leaves the broadcast to its timeout.
  nsp._watch(
    nsp.adapter.serverCount().then((count) => {
      acks.onServerCount(count);
    }),
    "serverCount",
  );
}
