/** Schedules of clients that come and go between servers that fail. fast-check makes them, and makes those that fail smaller. */
import { seededRandom } from "@telsiz/testkit";
import fc from "fast-check";
import { type Faults, NO_FAULTS, SimulatedNetwork } from "../simulation/simulated-network.ts";
import { VirtualTime } from "../simulation/virtual-time.ts";
import { SimulatedClient } from "./simulated-client.ts";
import { SimulatedServer } from "./simulated-server.ts";
import { SimulatedStore } from "./simulated-store.ts";

/** One thing that happens. Places and clients are numbers, modulo how many there are. */
export type Step =
  | {
      readonly do: "emit";
      readonly place: number;
      readonly to: "all" | "room" | "volatile" | "direct";
      readonly client: number;
      readonly count: number;
    }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "lose"; readonly client: number; readonly noticed: boolean; readonly awayMs: number }
  | { readonly do: "faults"; readonly faults: Faults }
  | { readonly do: "freeze"; readonly place: number; readonly ms: number }
  | { readonly do: "crash" | "start"; readonly place: number };

export interface Schedule {
  readonly seed: number;
  readonly servers: number;
  readonly clients: number;
  readonly maxPackets: number;
  readonly steps: readonly Step[];
}

const nat = fc.nat({ max: 7 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant("emit" as const),
      place: nat,
      to: fc.constantFrom("all" as const, "room" as const, "volatile" as const, "direct" as const),
      client: nat,
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 300 }), fc.constant(6_000)),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("lose" as const),
      client: nat,
      noticed: fc.boolean(),
      awayMs: fc.integer({ min: 0, max: 60 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("faults" as const),
      faults: fc.record({
        loss: fc.constantFrom(0, 0.1, 0.4),
        doubled: fc.constantFrom(0, 0.3),
        jitter: fc.constantFrom(0, 5, 40),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("freeze" as const),
      place: nat,
      ms: fc.integer({ min: 1, max: 3_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("crash" as const, "start" as const), place: nat }),
  },
);

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.integer(),
  servers: fc.integer({ min: 2, max: 3 }),
  clients: fc.integer({ min: 1, max: 3 }),
  maxPackets: fc.constantFrom(4, 10_000),
  steps: fc.array(step, { minLength: 8, maxLength: 50 }),
});

/** After the last step all is well again for so long. */
const EPILOGUE_MS = 20_000;

/** What a schedule came to. */
export interface Outcome {
  /** What was wrong. */
  readonly faults: readonly string[];
  /** How often clients were recovered. */
  readonly recoveries: number;
  /** How often they came back as new ones. */
  readonly restarts: number;
}

export async function runSchedule(schedule: Schedule): Promise<Outcome> {
  return new World(schedule).run();
}

class World {
  readonly #schedule: Schedule;
  readonly #time = new VirtualTime();
  readonly #random: () => number;
  readonly #network: SimulatedNetwork;
  readonly #store: SimulatedStore;
  readonly #places: SimulatedServer[] = [];
  readonly #clients: SimulatedClient[] = [];
  /** What comes next when a client has lost its connection: to which place, and after how long. */
  #awayMs = 5;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#random = seededRandom(schedule.seed);
    this.#network = new SimulatedNetwork(this.#time, this.#random);
    this.#store = new SimulatedStore(this.#time, this.#random);
  }

  async run(): Promise<Outcome> {
    const { servers, clients, steps } = this.#schedule;
    for (let index = 0; index < servers; index++) this.#start(index);
    await this.#time.pass(3_000);
    for (let index = 0; index < clients; index++) {
      const client: SimulatedClient = new SimulatedClient(this.#time, () => this.#comeBack(client));
      this.#clients.push(client);
      client.connect(this.#any(), 0);
    }
    await this.#time.pass(100);
    for (const step of steps) await this.#take(step);
    this.#network.faults = NO_FAULTS;
    this.#store.faults = NO_FAULTS;
    for (let index = 0; index < servers; index++) if (!this.#places[index]!.isRunning) this.#start(index);
    await this.#time.pass(EPILOGUE_MS);
    // The last of each stream tells whether all before it have come.
    for (const server of this.#places) {
      server.emit(`all ${server.node.id}`, {});
      server.emit(`room ${server.node.id}`, { room: "room" });
    }
    this.#clients.forEach((_client, index) => this.#emitDirect(index));
    await this.#time.pass(EPILOGUE_MS);
    return {
      faults: this.#clients.flatMap((client, index) => this.#faultsOf(client, index)),
      recoveries: this.#clients.reduce((sum, { recoveries }) => sum + recoveries, 0),
      restarts: this.#clients.reduce((sum, { lives }) => sum + lives.length - 2, 0),
    };
  }

  async #take(step: Step): Promise<void> {
    switch (step.do) {
      case "wait":
        return this.#time.pass(step.ms);
      case "emit":
        for (let count = 0; count < step.count; count++) this.#emit(step.place, step.to, step.client);
        return;
      case "lose": {
        const client = this.#clients[step.client % this.#clients.length]!;
        const { at } = client;
        this.#awayMs = step.awayMs;
        client.link?.cut();
        if (step.noticed) at?.server.lose(at.id);
        return;
      }
      case "faults":
        this.#network.faults = step.faults;
        this.#store.faults = step.faults;
        return;
      case "freeze":
        return this.#at(step.place).freeze(step.ms);
      case "crash":
        if (this.#places.filter(({ isRunning }) => isRunning).length > 1) this.#at(step.place).crash();
        return;
      case "start":
        if (!this.#at(step.place).isRunning) this.#start(step.place % this.#schedule.servers);
    }
  }

  #emit(place: number, to: "all" | "room" | "volatile" | "direct", client: number): void {
    if (to === "direct") return this.#emitDirect(client % this.#clients.length);
    const server = this.#at(place);
    const stream = `${to} ${server.node.id}`;
    if (to === "volatile") server.emit(stream, { flags: { volatile: true } });
    else server.emit(stream, to === "room" ? { room: "room" } : {});
  }

  /** Sent by the server that has the client's socket, be the client still there or not. */
  #emitDirect(index: number): void {
    const id = this.#clients[index]!.lastId;
    if (id === undefined) return;
    const server = this.#places.find(({ sockets, isRunning }) => isRunning && sockets.has(id));
    server?.emit(`direct ${index} ${server.node.id}`, { socket: id });
  }

  #comeBack(client: SimulatedClient): void {
    this.#time.after(this.#awayMs, () => {
      if (client.link?.isOpen() !== true) client.connect(this.#any(), Math.floor(this.#random() * 50));
    });
  }

  #any(): SimulatedServer {
    const running = this.#places.filter(({ isRunning }) => isRunning);
    return running[Math.floor(this.#random() * running.length)]!;
  }

  #start(index: number): void {
    const { maxPackets } = this.#schedule;
    const server = new SimulatedServer(this.#time, this.#network, this.#store, index, maxPackets, () => {
      for (const client of this.#clients) if (client.at?.server === server) client.forgive();
    });
    this.#places[index] = server;
  }

  #at(place: number): SimulatedServer {
    return this.#places[place % this.#schedule.servers]!;
  }

  #faultsOf(client: SimulatedClient, index: number): string[] {
    const faults: string[] = [];
    if (client.at === undefined) faults.push(`client ${index} is not connected`);
    client.lives.forEach(({ got }, life) => {
      for (const [stream, numbers] of got) {
        // What has no place in the log may miss a client that moves, or come to it on both servers.
        if (stream.startsWith("volatile")) continue;
        numbers.forEach((number, at) => {
          const before = numbers[at - 1];
          if (before === undefined || number === before + 1) return;
          faults.push(`client ${index}, life ${life}: ${stream} ${number} after ${before}`);
        });
      }
    });
    const { got } = client.lives.at(-1)!;
    for (const { sent } of this.#places) {
      for (const [stream, last] of sent) {
        if (stream.startsWith("direct") || stream.startsWith("volatile")) continue;
        if (got.get(stream)?.at(-1) !== last) faults.push(`client ${index} has not got ${stream} ${last}`);
      }
    }
    return faults;
  }
}
