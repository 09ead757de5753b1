/** Each client sends a message by POST, waits for its answer by GET, and begins anew. */
import type { ClientSettings } from "./client.ts";
import type { Load } from "./load.ts";
import { PollingClient } from "./polling-client.ts";

/** What is asked, and how it is answered. */
export interface PollingExchange {
  readonly packet: string;
  readonly answer: string;
  readonly connections: number;
}

/** Counts answers. */
export class PollingLoad implements Load {
  done = 0;
  readonly #exchange: PollingExchange;
  readonly #settings: ClientSettings;
  #clients: readonly PollingClient[] = [];
  #running = false;
  #atWork: readonly Promise<void>[] = [];

  constructor(exchange: PollingExchange, settings: ClientSettings) {
    this.#exchange = exchange;
    this.#settings = settings;
  }

  async open(): Promise<void> {
    const numbers = Array.from({ length: this.#exchange.connections }).keys();
    this.#clients = await Promise.all([...numbers].map(() => PollingClient.open(this.#settings)));
  }

  start(): void {
    this.#running = true;
    this.#atWork = this.#clients.map((client) => this.#work(client));
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#atWork);
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }

  async #work(client: PollingClient): Promise<void> {
    const { packet, answer } = this.#exchange;
    while (this.#running) {
      const got = await client.exchange(packet);
      if (got !== answer) throw new Error(`Not the answer: ${got}`);
      this.done++;
    }
  }
}
