/** One connection asks for broadcasts to all, with a fixed number of them outstanding. */
import type { Client, ClientSettings } from "./client.ts";
import { repeated } from "./client-frame.ts";
import { openClients } from "./client-pool.ts";
import type { Load } from "./load.ts";

/** A broadcast. */
export interface Broadcast {
  /** The frame that asks the server for one. */
  readonly request: Buffer;
  /** What stands in every delivery. */
  readonly proof: string;
  /** How many broadcasts are outstanding. */
  readonly outstanding: number;
  /** How many connections receive it. */
  readonly connections: number;
}

/** Counts deliveries. Which broadcast they belong to is not told apart: in the end each has as many as the others. */
export class BroadcastLoad implements Load {
  done = 0;
  readonly #broadcast: Broadcast;
  readonly #settings: ClientSettings;
  readonly #requests: Buffer;
  #clients: readonly Client[] = [];
  #running = false;
  #asked = 0;
  #proven = false;
  #onIdle: (() => void) | undefined;

  constructor(broadcast: Broadcast, settings: ClientSettings) {
    this.#broadcast = broadcast;
    this.#settings = settings;
    this.#requests = repeated(broadcast.request, broadcast.outstanding);
  }

  async open(): Promise<void> {
    this.#clients = await openClients(this.#broadcast.connections, this.#settings, {
      onMessages: (_client, count, bytes) => this.#onDeliveries(count, bytes),
      onClosed: () => {
        throw new Error("The server closed a connection that is in use.");
      },
    });
  }

  start(): void {
    this.#running = true;
    this.#ask(this.#broadcast.outstanding);
  }

  stop(): Promise<void> {
    this.#running = false;
    return new Promise((resolve) => (this.#onIdle = resolve));
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }

  #ask(count: number): void {
    this.#asked += count;
    this.#clients[0]?.send(this.#requests.subarray(0, count * this.#broadcast.request.length));
  }

  #onDeliveries(count: number, bytes: Buffer): void {
    if (!this.#proven) this.#prove(bytes);
    this.done += count;
    const complete = Math.floor(this.done / this.#broadcast.connections);
    const outstanding = this.#asked - complete;
    if (this.#running && outstanding < this.#broadcast.outstanding) {
      this.#ask(this.#broadcast.outstanding - outstanding);
    } else if (!this.#running && outstanding === 0) {
      this.#onIdle?.();
    }
  }

  #prove(bytes: Buffer): void {
    this.#proven = true;
    if (!bytes.includes(this.#broadcast.proof)) throw new Error(`Not the broadcast: ${bytes.toString()}`);
  }
}
