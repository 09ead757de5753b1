/** Connections come, join the main namespace and leave again, a fixed number of them at a time. */
import { Client, type ClientOwner, type ClientSettings } from "./client.ts";
import type { Load } from "./load.ts";

/** Loopback addresses to come from: of one alone the ports run out, since closed ones rest for a minute. */
const ADDRESSES = 200;

/** Counts connections that were closed. */
export class ConnectLoad implements Load, ClientOwner {
  done = 0;
  readonly #settings: ClientSettings;
  readonly #atOnce: number;
  #running = false;
  #opened = 0;
  #onIdle: (() => void) | undefined;

  constructor(atOnce: number, settings: ClientSettings) {
    this.#atOnce = atOnce;
    this.#settings = settings;
  }

  async open(): Promise<void> {}

  start(): void {
    this.#running = true;
    for (let count = 0; count < this.#atOnce; count++) this.#connect();
  }

  stop(): Promise<void> {
    this.#running = false;
    return new Promise((resolve) => (this.#onIdle = resolve));
  }

  close(): void {}

  onReady(client: Client): void {
    client.close();
  }

  onMessages(): void {
    throw new Error("The server sent a message that nobody asked for.");
  }

  onClosed(): void {
    this.done++;
    if (this.#running) this.#connect();
    else if (this.done === this.#opened) this.#onIdle?.();
  }

  #connect(): void {
    const localAddress = `127.0.0.${2 + (this.#opened++ % ADDRESSES)}`;
    // Owned by this load from its first moment.
    new Client(this, { ...this.#settings, localAddress });
  }
}
