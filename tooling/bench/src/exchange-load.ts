/** Each connection asks and is answered, with a fixed number of questions outstanding. */
import type { Client, ClientSettings } from "./client.ts";
import { repeated } from "./client-frame.ts";
import { openClients } from "./client-pool.ts";
import type { Load } from "./load.ts";

/** One question and its answer. */
export interface Exchange {
  /** The frames of the question. */
  readonly question: Buffer;
  /** How many frames the answer has. */
  readonly answerFrames: number;
  /** What stands in the answer. */
  readonly proof: string;
  /** Makes the frame of an answer readable where it is not. @default it is */
  readonly read?: (frame: Buffer) => Buffer;
  /** How many questions of a connection are outstanding. */
  readonly outstanding: number;
  readonly connections: number;
}

/** Counts answers. */
export class ExchangeLoad implements Load {
  done = 0;
  readonly #exchange: Exchange;
  readonly #settings: ClientSettings;
  readonly #questions: Buffer;
  #clients: readonly Client[] = [];
  #running = false;
  #outstanding = 0;
  #proven = false;
  #onIdle: (() => void) | undefined;

  constructor(exchange: Exchange, settings: ClientSettings) {
    this.#exchange = exchange;
    this.#settings = settings;
    this.#questions = repeated(exchange.question, exchange.outstanding);
  }

  async open(): Promise<void> {
    this.#clients = await openClients(this.#exchange.connections, this.#settings, {
      onMessages: (client, count, bytes) => this.#onAnswers(client, count, bytes),
      onClosed: refuseClose,
    });
    for (const client of this.#clients) client.missing = this.#exchange.answerFrames;
  }

  start(): void {
    this.#running = true;
    for (const client of this.#clients) this.#ask(client, this.#exchange.outstanding);
  }

  stop(): Promise<void> {
    this.#running = false;
    return new Promise((resolve) => (this.#onIdle = resolve));
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }

  #ask(client: Client, count: number): void {
    this.#outstanding += count;
    client.send(this.#questions.subarray(0, count * this.#exchange.question.length));
  }

  #onAnswers(client: Client, frames: number, bytes: Buffer): void {
    if (!this.#proven) this.#prove(bytes);
    let answers = 0;
    client.missing -= frames;
    while (client.missing <= 0) {
      client.missing += this.#exchange.answerFrames;
      answers++;
    }
    if (answers === 0) return;
    this.done += answers;
    this.#outstanding -= answers;
    if (this.#running) this.#ask(client, answers);
    else if (this.#outstanding === 0) this.#onIdle?.();
  }

  /** The first answer is looked at: a server that answers something else is not measured. */
  #prove(bytes: Buffer): void {
    this.#proven = true;
    const { proof, read } = this.#exchange;
    const answer = read === undefined ? bytes : read(bytes);
    if (!answer.includes(proof)) throw new Error(`Not the answer: ${answer.toString()}`);
  }
}

function refuseClose(): never {
  throw new Error("The server closed a connection that is in use.");
}
