/** Ten thousand sessions behind a balancer that is not sticky, without an error. */
import { expect, it } from "vitest";
import { NotSticky } from "./not-sticky-body.ts";

const SESSIONS = 10_000;

it("lets ten thousand sessions live on three servers behind a balancer that is not sticky", async () => {
  const servers = await NotSticky.open();
  await servers.run(SESSIONS);
  await servers.close();
  expect(servers.errors).toEqual([]);
  expect(servers.counts.reduce((sum, count) => sum + count)).toBe(SESSIONS);
}, 1_200_000);
