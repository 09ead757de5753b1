/** Asks at a fixed rate, whether or not answers come, and notes how long each message took from when it was due. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Client, ClientSettings } from "./client.ts";
import { openClients } from "./client-pool.ts";

/** What is asked for. */
export interface PacedWork {
  readonly question: Buffer;
  readonly connections: number;
  /** Who asks, and who is sent an answer: each in turn and alone, or the first and all. */
  readonly reaches: "asker" | "all";
}

/** Clients of one server, and what they have been told. */
export class PacedLoad {
  readonly #work: PacedWork;
  readonly #clients: readonly Client[];
  readonly #answered: Map<Client, number>;
  /** When the questions of this run were due, by number. */
  #due: number[] = [];
  #latencies: number[] = [];

  private constructor(work: PacedWork, clients: readonly Client[], answered: Map<Client, number>) {
    this.#work = work;
    this.#clients = clients;
    this.#answered = answered;
  }

  static async open(work: PacedWork, settings: ClientSettings): Promise<PacedLoad> {
    const answered = new Map<Client, number>();
    const clients = await openClients(work.connections, settings, {
      onMessages: (client, count) => load.#onMessages(client, count),
      onClosed: () => {
        throw new Error("The server closed a connection that is in use.");
      },
    });
    const load = new PacedLoad(work, clients, answered);
    return load;
  }

  /** Asks `perSecond` for so many seconds. Resolves with the milliseconds of each message, when all have come. */
  async run(perSecond: number, seconds: number): Promise<readonly number[]> {
    const questions = Math.round(perSecond * seconds);
    const messages = questions * (this.#work.reaches === "all" ? this.#clients.length : 1);
    this.#due = [];
    this.#latencies = [];
    for (const [index, client] of this.#clients.entries()) {
      this.#answered.set(client, this.#work.reaches === "all" ? 0 : index);
    }
    const start = performance.now();
    while (this.#due.length < questions) {
      this.#askUntil(Math.min(questions, ((performance.now() - start) * perSecond) / 1000), start, perSecond);
      await nextTurn();
    }
    while (this.#latencies.length < messages) await nextTurn();
    return this.#latencies;
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }

  #askUntil(number: number, start: number, perSecond: number): void {
    while (this.#due.length < number) {
      const asker = this.#work.reaches === "all" ? 0 : this.#due.length % this.#clients.length;
      this.#due.push(start + (this.#due.length / perSecond) * 1000);
      this.#clients[asker]!.send(this.#work.question);
    }
  }

  #onMessages(client: Client, count: number): void {
    const now = performance.now();
    for (let message = 0; message < count; message++)
      this.#latencies.push(now - this.#due[this.#next(client)]!);
  }

  /** The question that a client's next message answers: of its own ones in their order, or of all. */
  #next(client: Client): number {
    const number = this.#answered.get(client)!; // set for each when the run begins
    this.#answered.set(client, number + (this.#work.reaches === "all" ? 1 : this.#clients.length));
    return number;
  }
}
