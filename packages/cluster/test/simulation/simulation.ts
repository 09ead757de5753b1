/** Schedules of a simulation, and how they are run. fast-check makes them, and makes those that fail smaller. */
import { seededRandom } from "@telsiz/testkit";
import fc from "fast-check";
import type { ClusterOptions } from "../../src/timing.ts";
import { faultsOf } from "./checker.ts";
import { SimulatedProcess } from "./process.ts";
import { type Faults, NO_FAULTS, SimulatedNetwork, type Tamper } from "./simulated-network.ts";
import { VirtualTime } from "./virtual-time.ts";

/** One thing that happens. Places are numbers of processes, modulo how many there are. */
export type Step =
  | { readonly do: "publish"; readonly place: number; readonly channel: string; readonly count: number }
  | { readonly do: "join" | "leave"; readonly place: number; readonly channel: string }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "faults"; readonly faults: Faults }
  | { readonly do: "cut"; readonly from: number; readonly to: number; readonly bothWays: boolean }
  | { readonly do: "heal" }
  | { readonly do: "freeze"; readonly place: number; readonly ms: number }
  | { readonly do: "crash" | "close" | "start" | "restart"; readonly place: number };

/** All that is chosen by chance. */
export interface Schedule {
  readonly nodes: number;
  readonly seed: number;
  readonly ringBytes: number;
  readonly steps: readonly Step[];
}

/** More than is published in a schedule, in bytes. */
const KEEPS_ALL = 1_000_000;

const place = fc.nat({ max: 63 });
const channel = fc.constantFrom("*", "a", "b");

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("publish" as const),
      place,
      channel,
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3_000 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("join" as const), place, channel }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), place, channel }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("faults" as const),
      faults: fc.record({
        loss: fc.constantFrom(0, 0.1, 0.5),
        doubled: fc.constantFrom(0, 0.3),
        jitter: fc.constantFrom(0, 30, 300),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("cut" as const), from: place, to: place, bothWays: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "heal" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("freeze" as const),
      place,
      ms: fc.integer({ min: 1, max: 6_500 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("crash" as const, "close" as const, "start" as const, "restart" as const),
      place,
    }),
  },
);

/** Any schedule. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  nodes: fc.integer({ min: 2, max: 4 }),
  seed: fc.integer(),
  ringBytes: fc.constantFrom(0, 300, KEEPS_ALL),
  steps: fc.array(step, { minLength: 5, maxLength: 40 }),
});

/** When a node that is gone is forgotten: within a schedule. */
const FORGET_MS = 9_000;

/** After the last step all is well again for so long: time to mend, and to report. */
const EPILOGUE_MS = 14_000;

/** Runs a schedule. @returns what was wrong; nothing, if all is well */
export async function runSchedule(schedule: Schedule, tamper?: Tamper): Promise<string[]> {
  const world = new World(schedule);
  if (tamper !== undefined) world.network.tamper = tamper;
  await world.run();
  return faultsOf(world.processes, schedule.ringBytes >= KEEPS_ALL);
}

class World {
  readonly network: SimulatedNetwork;
  /** All that ever ran. */
  readonly processes: SimulatedProcess[] = [];
  readonly #time = new VirtualTime();
  readonly #schedule: Schedule;
  readonly #options: ClusterOptions;
  /** Who runs in each place. */
  readonly #places: SimulatedProcess[] = [];

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#options = { ringBytes: schedule.ringBytes, forgetAfter: FORGET_MS };
    this.network = new SimulatedNetwork(this.#time, seededRandom(schedule.seed));
  }

  async run(): Promise<void> {
    for (let index = 0; index < this.#schedule.nodes; index++) this.#start(index);
    await this.#time.pass(50);
    for (const step of this.#schedule.steps) await this.#take(step);
    this.network.heal();
    this.network.faults = NO_FAULTS;
    await this.#time.pass(EPILOGUE_MS);
  }

  async #take(step: Step): Promise<void> {
    switch (step.do) {
      case "wait":
        return this.#time.pass(step.ms);
      case "publish":
        return this.#at(step.place).publish(step.channel, step.count);
      case "join":
        return this.#at(step.place).join(step.channel);
      case "leave":
        return this.#at(step.place).leave(step.channel);
      case "faults":
        this.network.faults = step.faults;
        return;
      case "cut":
        this.network.cut(this.#index(step.from), this.#index(step.to));
        if (step.bothWays) this.network.cut(this.#index(step.to), this.#index(step.from));
        return;
      case "heal":
        return this.network.heal();
      case "freeze":
        return this.#at(step.place).freeze(step.ms);
      case "crash":
        return this.#at(step.place).crash();
      case "close":
        return this.#at(step.place).close();
      case "start":
        if (this.#at(step.place).state !== "running") this.#start(this.#index(step.place));
        return;
      case "restart":
        this.#at(step.place).close();
        this.#start(this.#index(step.place));
    }
  }

  #start(index: number): void {
    const process = new SimulatedProcess(this.#time, this.network, index, this.#options);
    this.#places[index] = process;
    this.processes.push(process);
  }

  #index(place: number): number {
    return place % this.#schedule.nodes;
  }

  #at(place: number): SimulatedProcess {
    return this.#places[this.#index(place)]!;
  }
}
