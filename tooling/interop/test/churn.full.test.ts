/** Clients come and go in every way there is, and nothing of them stays; the nightly tier goes on for minutes. */
import { ProcessWatch, until } from "@telsiz/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Churn, TimerWatch } from "./churn-body.ts";

const LIVES = 250;

/** Beyond that of what is waited for, so that its error names what is left, in milliseconds. */
const PATIENCE_MS = 20_000;

const watch = new ProcessWatch();
const timers = new TimerWatch();

beforeEach(() => {
  watch.start();
  timers.start();
});

afterEach(() => {
  timers.stop();
  watch.stop();
});

it.each([
  ["without recovery", {}],
  ["with recovery", { connectionStateRecovery: {} }],
])(
  "keeps nothing of clients that have gone, in whatever way, %s",
  async (_name, options) => {
    const churn = await Churn.open(options);
    await churn.run(1, LIVES);
    expect(churn.leftovers()).toEqual([]);
    await churn.close();
    await until(() => timers.pending.length === 0, "no timer is left").catch(() => undefined);
    expect(timers.pending).toEqual([]);
    expect(watch.escaped).toEqual([]);
  },
  PATIENCE_MS,
);
