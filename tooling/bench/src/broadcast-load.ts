/** One connection asks for broadcasts, with a fixed number of them outstanding. */
import type { Client, ClientSettings } from "./client.ts";
import { openClients } from "./client-pool.ts";
import type { Load } from "./load.ts";

/** A broadcast. */
export interface Broadcast {
  /** The frames that ask the server for one; they take turns. */
  readonly requests: readonly Buffer[];
  /** What stands in every delivery. */
  readonly proof: string;
  /** How many broadcasts are outstanding. */
  readonly outstanding: number;
  /** How many connections receive one. */
  readonly receivers: number;
  readonly connections: number;
  /** What a connection asks for before the first broadcast, by its number; one message answers it. @default nothing */
  readonly enter?: (number: number) => Buffer;
}

/** Counts deliveries. Which broadcast they belong to is not told apart: each has as many as the others. */
export class BroadcastLoad implements Load {
  done = 0;
  readonly #broadcast: Broadcast;
  readonly #settings: ClientSettings;
  #clients: readonly Client[] = [];
  #running = false;
  #asked = 0;
  #proven = false;
  /** How many connections have not been told that they are in their rooms. */
  #toEnter = 0;
  #onEntered: (() => void) | undefined;
  #onIdle: (() => void) | undefined;

  constructor(broadcast: Broadcast, settings: ClientSettings) {
    this.#broadcast = broadcast;
    this.#settings = settings;
  }

  async open(): Promise<void> {
    this.#clients = await openClients(this.#broadcast.connections, this.#settings, {
      onMessages: (_client, count, bytes) => this.#onMessages(count, bytes),
      onClosed: () => {
        throw new Error("The server closed a connection that is in use.");
      },
    });
    await this.#enter();
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

  async #enter(): Promise<void> {
    const { enter } = this.#broadcast;
    if (enter === undefined) return;
    this.#toEnter = this.#clients.length;
    const entered = new Promise<void>((resolve) => (this.#onEntered = resolve));
    for (const [number, client] of this.#clients.entries()) client.send(enter(number));
    await entered;
  }

  #onMessages(count: number, bytes: Buffer): void {
    if (this.#toEnter === 0) return this.#onDeliveries(count, bytes);
    this.#toEnter -= count;
    if (this.#toEnter === 0) this.#onEntered?.();
  }

  #ask(count: number): void {
    const { requests } = this.#broadcast;
    const frames = Array.from({ length: count }, () => requests[this.#asked++ % requests.length]!);
    this.#clients[0]?.send(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
  }

  #onDeliveries(count: number, bytes: Buffer): void {
    if (!this.#proven) this.#prove(bytes);
    this.done += count;
    const complete = Math.floor(this.done / this.#broadcast.receivers);
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
