/** Clients come and go for minutes, with a seed for each round; memory must not grow with them. */
import { ProcessWatch } from "@telsiz/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Churn } from "./churn-body.ts";

/** Lives of a round. */
const LIVES = 400;

/** Until caches and compiled code have come to their size. */
const WARM_UP_ROUNDS = 10;

/** Rounds of each half that is compared with the other. */
const ROUNDS = 20;

/** What a life may leave behind, in bytes: less than the smallest of what a connection consists of. */
const SLACK_BYTES = 200;

/** What all of it may take, in milliseconds. */
const PATIENCE_MS = 600_000;

/** There with `--expose-gc` only. */
const collectGarbage = globalThis.gc;

const watch = new ProcessWatch();

beforeEach(() => watch.start());
afterEach(() => watch.stop());

it.each([
  ["without recovery", {}],
  ["with recovery", { connectionStateRecovery: { maxDisconnectionDuration: 100, maxPackets: 1000 } }],
])(
  "keeps nothing of thousands of clients that have gone, %s",
  async (_name, options) => {
    const churn = await Churn.open(options);
    let seed = 100;
    const heapAfter = async (rounds: number): Promise<number> => {
      const sizes: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await churn.run(seed++, LIVES);
        await collectGarbage?.({ execution: "async", type: "major" });
        sizes.push(process.memoryUsage().heapUsed);
      }
      return Math.min(...sizes);
    };
    await heapAfter(WARM_UP_ROUNDS);
    const before = await heapAfter(ROUNDS);
    const after = await heapAfter(ROUNDS);
    await churn.close();
    expect(watch.escaped).toEqual([]);
    if (collectGarbage !== undefined) expect((after - before) / (ROUNDS * LIVES)).toBeLessThan(SLACK_BYTES);
  },
  PATIENCE_MS,
);
