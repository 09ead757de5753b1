/** Collects the answers to a broadcast: how many are due is learned as the servers report their clients. */
import { type AckError, type InvalidAnswerError, startDeadline } from "@telsiz/events";
import type { BroadcastOptions, NamespaceAdapter, SocketId } from "@telsiz/adapter";
import type { EventPacket } from "@telsiz/parser";
import { AckTimeoutError } from "@telsiz/socket";
import { BroadcastAckError } from "./errors.ts";
import type { Terms } from "./terms.ts";

/** Called once: with an error if not all answered in time and without one, and with the answers that came. */
export type AnswersCallback = (error: BroadcastAckError | null, answers: unknown[]) => void;

/** What such a broadcast sees of its namespace. */
export interface CollectingNamespace {
  readonly adapter: NamespaceAdapter;
  readonly _terms: Terms;
  /** A function of the application failed. */
  _onHandlerError(error: unknown, socket: unknown, event: string): void;
  /** Reports what the promise of an adapter's method is rejected with. */
  _watch(outcome: Promise<void> | void, method: string): void;
}

/** The answers to one broadcast. */
class BroadcastAcks {
  readonly #answers: unknown[] = [];
  /** What came in place of answers. */
  readonly #errors: (AckError | InvalidAnswerError)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #expectedServers = Infinity;
  #servers = 0;
  #clients = 0;
  /** Those who have not answered yet, of each server that says so. */
  readonly #waiting: Iterable<SocketId>[] = [];
  #onSettled: AnswersCallback | undefined;
  /** With so many answers or errors nobody waits for more. */
  readonly #enough: number;

  constructor(onSettled: AnswersCallback, enough: number) {
    this.#onSettled = onSettled;
    this.#enough = enough;
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

  onClientCount(count: number, waiting: Iterable<SocketId> = []): void {
    this.#servers++;
    this.#waiting.push(waiting);
    this.#clients += count;
    this.#settleIfComplete();
  }

  onAnswer(error: AckError | InvalidAnswerError | null, answer: unknown): void {
    if (error === null) this.#answers.push(answer);
    else this.#errors.push(error);
    this.#settleIfComplete();
  }

  #settleIfComplete(): void {
    const answered = this.#answers.length + this.#errors.length;
    const complete = this.#servers >= this.#expectedServers && answered >= this.#clients;
    if (complete || answered >= this.#enough) this.#settle(this.#errors[0]);
  }

  /** @param cause why it failed, if it did */
  #settle(cause?: Error): void {
    const onSettled = this.#onSettled;
    this.#onSettled = undefined;
    clearTimeout(this.#timer);
    onSettled?.(cause === undefined ? null : this.#failure(cause), this.#answers);
  }

  #failure(cause: Error): BroadcastAckError {
    const missing = this.#waiting.flatMap((ids) => [...ids]);
    return new BroadcastAckError(cause, this.#answers, missing, this.#errors);
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
  const event = String(packet.data[0]);
  const acks = new BroadcastAcks(onSettled, enough);
  const sent = nsp.adapter.broadcastWithAck(
    packet,
    options,
    (count, waiting) => {
      acks.onClientCount(count, waiting);
    },
    (answer) => {
      const report = (error: unknown): void => nsp._onHandlerError(error, undefined, event);
      nsp._terms.receiveAnswer(event, answer, report, (error, value) => acks.onAnswer(error, value));
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
