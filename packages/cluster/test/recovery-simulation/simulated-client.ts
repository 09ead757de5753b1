/** One client of a simulation: it knows its session and how far it has come, as the stock one does. */
import type { SocketId } from "@telsiz/adapter";
import type { VirtualTime } from "../simulation/virtual-time.ts";
import type { SimulatedServer } from "./simulated-server.ts";

/** An event on its way. */
export interface Brought {
  readonly data: readonly [stream: string, number: number];
  readonly offset: string | undefined;
}

/** The answer to a CONNECT. */
export interface Answer {
  readonly pid: string;
  readonly id: SocketId;
  readonly offset: string;
  readonly server: SimulatedServer;
}

/** How long anything takes between a client and a server, in milliseconds. */
const TRANSIT_MS = 2;

/** A connection. What is on its way when it is cut is lost. */
export class Link {
  #isOpen = true;
  readonly #time: VirtualTime;
  readonly #client: SimulatedClient;
  #early: Brought[] | undefined = [];

  constructor(time: VirtualTime, client: SimulatedClient) {
    this.#time = time;
    this.#client = client;
  }

  isOpen(): boolean {
    return this.#isOpen;
  }

  bring(event: Brought): void {
    this.#time.after(TRANSIT_MS, () => {
      if (!this.#isOpen) return;
      if (this.#early === undefined) this.#client.receive(event);
      else this.#early.push(event);
    });
  }

  answer(answer: Answer): void {
    this.#time.after(TRANSIT_MS, () => {
      if (!this.#isOpen) return;
      this.#client.onConnect(answer);
      for (const event of this.#early ?? []) this.#client.receive(event);
      this.#early = undefined;
    });
  }

  cut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#client.onCut();
  }
}

/** What came while it was told that it was recovered, each time. */
export interface Life {
  readonly got: Map<string, number[]>;
}

export class SimulatedClient {
  readonly lives: Life[] = [{ got: new Map() }];
  recoveries = 0;
  link: Link | undefined;
  /** Where it is, while it is connected. */
  at: Answer | undefined;
  /** The id of its socket, also while it is away. */
  lastId: SocketId | undefined;
  #pid: string | undefined;
  #offset: string | undefined;
  readonly #time: VirtualTime;
  readonly #onLost: () => void;

  constructor(time: VirtualTime, onLost: () => void) {
    this.#time = time;
    this.#onLost = onLost;
  }

  connect(server: SimulatedServer, delayMs: number): void {
    this.link?.cut();
    const link = (this.link = new Link(this.#time, this));
    server.connect(link, this.#pid, this.#offset, delayMs);
  }

  onConnect(answer: Answer): void {
    if (answer.pid === this.#pid) this.recoveries++;
    else {
      this.lives.push({ got: new Map() });
      this.#offset = undefined;
    }
    this.#pid = answer.pid;
    this.at = answer;
    this.lastId = answer.id;
  }

  receive({ data: [stream, number], offset }: Brought): void {
    if (offset !== undefined) this.#offset = offset;
    const { got } = this.lives.at(-1)!;
    const numbers = got.get(stream);
    if (numbers === undefined) got.set(stream, [number]);
    else numbers.push(number);
  }

  /** A gap was reported: what came before has nothing to do with what comes. */
  forgive(): void {
    this.lives.push({ got: new Map() });
  }

  onCut(): void {
    this.at = undefined;
    this.#onLost();
  }
}
