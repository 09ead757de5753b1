/** A balancer that is not sticky loses nobody; the nightly tier has thousands of sessions. */
import { expect, it } from "vitest";
import { NotSticky } from "./not-sticky-body.ts";

const SESSIONS = 300;

it("lets sessions of both clients live on three servers behind a balancer that is not sticky", async () => {
  const servers = await NotSticky.open();
  await servers.run(SESSIONS);
  await servers.close();
  expect(servers.errors).toEqual([]);
  expect(servers.counts.reduce((sum, count) => sum + count)).toBe(SESSIONS);
  expect(Math.min(...servers.counts)).toBeGreaterThan(0);
}, 120_000);
