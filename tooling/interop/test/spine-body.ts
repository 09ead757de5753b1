/** What has to survive cut connections with our server, whichever client it talks to. */
import { describe, expect, it } from "vitest";
import { ourClient, ourServer, stockClient, stockServer, TRANSPORT_CHOICES } from "../src/peers.ts";
import { runSpine, type SpineResult } from "../src/spine.ts";

/** What a run may take, in milliseconds. */
const PATIENCE_MS = 30_000;

const WHOLE = { lost: 0, falseClaims: 0, doubled: 0, disordered: 0, upstreamFaults: [] };

/** Asserts for each seed that nothing is lost, doubled or out of order, and no hole is covered up. */
export function spineTests(seeds: readonly number[], messages: number): void {
  describe.each([stockClient, ourClient])("$name, cut again and again", (client) => {
    describe.each([false, true])("with a middleware of 50 ms: %s", (middleware) => {
      it.concurrent.each(seeds)(
        `is recovered every time and gets ${messages} messages whole, with seed %i`,
        async (seed) => {
          const result = await runSpine({ server: ourServer, client, seed, messages, middleware });
          expectRecoveries(result);
          expect(result).toMatchObject(WHOLE);
        },
        PATIENCE_MS,
      );
    });
  });

  describe.each(Object.entries({ ...TRANSPORT_CHOICES, race: ["websocket", "polling"] }))(
    "our client, cut while it connects and while it is sent what it missed, too, over the transports of: %s",
    (_name, transports) => {
      it.concurrent.each(seeds)(
        `is recovered every time, and ${messages} messages each way arrive whole, with seed %i`,
        async (seed) => {
          const run = {
            server: ourServer,
            client: ourClient,
            seed,
            messages,
            anyTime: true,
            upstream: true,
            transports,
          };
          const result = await runSpine(run);
          expectRecoveries(result);
          expect(result).toMatchObject(WHOLE);
        },
        PATIENCE_MS,
      );
    },
  );

  // The stock server does not look for the elder of two connections: it has to be told that one was given up. And it
  // recovers nobody who has not got an event yet (users.md M7).
  describe("our client on the stock server, cut again and again", () => {
    it.concurrent.each(seeds)(
      `is recovered every time and gets ${messages} messages whole, with seed %i`,
      async (seed) => {
        const run = { server: stockServer, client: ourClient, seed, messages, cutsAfter: "message" } as const;
        const result = await runSpine(run);
        expectRecoveries(result);
        expect(result).toMatchObject(WHOLE);
      },
      PATIENCE_MS,
    );
  });
}

function expectRecoveries({ reconnections, recovered }: SpineResult): void {
  expect(reconnections).toBeGreaterThan(0);
  expect(recovered).toBe(reconnections);
}
