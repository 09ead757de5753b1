/** Collects the answers to a broadcast: how many are due is learned as the servers report their clients. */
import { startDeadline } from "@telsiz/events";
import type { Adapter, BroadcastOptions } from "@telsiz/adapter";
import type { EventPacket } from "@telsiz/parser";
import { AckTimeoutError } from "@telsiz/socket";

/** Called once: with an error if not all answered in time, and with the answers that came. */
export type AnswersCallback = (error: Error | null, answers: unknown[]) => void;

/** The answers to one broadcast. */
class BroadcastAcks {
  readonly #answers: unknown[] = [];
  #timer: NodeJS.Timeout | undefined;
  #expectedServers = Infinity;
  #servers = 0;
  #clients = 0;
  #onSettled: AnswersCallback | undefined;

  constructor(onSettled: AnswersCallback) {
    this.#onSettled = onSettled;
  }

  /** The broadcast is on its way: the time to answer begins. */
  start(timeoutMs: number): void {
    this.#timer = startDeadline(() => {
      this.#settle(new AckTimeoutError());
    }, timeoutMs);
  }

  onServerCount(count: number): void {
    this.#expectedServers = count;
    this.#settleIfComplete();
  }

  onClientCount(count: number): void {
    this.#servers++;
    this.#clients += count;
    this.#settleIfComplete();
  }

  onAnswer(answer: unknown): void {
    this.#answers.push(answer);
    this.#settleIfComplete();
  }

  #settleIfComplete(): void {
    if (this.#servers >= this.#expectedServers && this.#answers.length >= this.#clients) this.#settle(null);
  }

  #settle(error: Error | null): void {
    const onSettled = this.#onSettled;
    this.#onSettled = undefined;
    clearTimeout(this.#timer);
    onSettled?.(error, this.#answers);
  }
}

/** Broadcasts a packet and collects the first value of each answer. */
export function broadcastAndCollect(
  adapter: Adapter,
  packet: EventPacket,
  options: BroadcastOptions,
  timeoutMs: number,
  onSettled: AnswersCallback,
): void {
  const acks = new BroadcastAcks(onSettled);
  adapter.broadcastWithAck(
    packet,
    options,
    (count) => {
      acks.onClientCount(count);
    },
    (answer) => {
      acks.onAnswer(answer);
    },
  );
  acks.start(timeoutMs);
  adapter.serverCount().then(
    (count) => {
      acks.onServerCount(count);
    },
    () => {
      // An adapter that cannot count its servers leaves the broadcast to its timeout.
    },
  );
}
