/** Connections come, join the main namespace and leave again, a fixed number of them at a time. */
import { Client, type ClientOwner, type ClientSettings } from "./client.ts";
import type { Load } from "./load.ts";
import { PollingClient } from "./polling-client.ts";

/** Loopback addresses to come from: of one alone the ports run out, since closed ones rest for a minute. */
const ADDRESSES = 200;

/** Counts connections that were closed. */
export class ConnectLoad implements Load, ClientOwner {
  done = 0;
  readonly #settings: ClientSettings;
  readonly #atOnce: number;
  readonly #pollsFirst: boolean;
  #running = false;
  #opened = 0;
  #onIdle: (() => void) | undefined;

  /** @param pollsFirst whether they begin and join by polling, and go over to a WebSocket then */
  constructor(atOnce: number, settings: ClientSettings, pollsFirst = false) {
    this.#atOnce = atOnce;
    this.#pollsFirst = pollsFirst;
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
    const settings = { ...this.#settings, localAddress };
    if (this.#pollsFirst) void this.#upgrade(settings);
    // Owned by this load from its first moment.
    else new Client(this, settings);
  }

  async #upgrade(settings: ClientSettings): Promise<void> {
    const polling = await PollingClient.open(settings);
    new Client(this, { ...settings, sid: polling.sid });
    polling.destroy();
  }
}
