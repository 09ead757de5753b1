/**
 * What happens to a connection when its page loses the network, goes away or comes back: the same with the stock client, and
 * whichever server is at the other end.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import "./page-globals.ts";
import { launchChromium, noChromium } from "../src/chromium.ts";
import { type EchoSite, openEchoSite, ourKind, type SiteSocket, stockKind } from "../src/echo-site.ts";

const PATIENCE = 30_000;

/** Who talks to whom, and the page with that client. */
const PAIRINGS = [
  { client: "socket.io-client", kind: stockKind, path: "/script" },
  { client: "telsiz-client", kind: ourKind, path: "/script" },
  { client: "telsiz-client", kind: stockKind, path: "/bundle" },
  { client: "socket.io-client", kind: ourKind, path: "/stock" },
];

describe.skipIf(noChromium).each(PAIRINGS)(
  "a page with $client at a server of $kind.name, in Chromium",
  { timeout: 20_000 },
  ({ kind, path }) => {
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let site: EchoSite;

    beforeAll(async () => {
      [browser, site] = await Promise.all([launchChromium(), openEchoSite(kind)]);
    }, PATIENCE);
    afterAll(async () => {
      await browser.close();
      await site.close();
    });

    beforeEach(async () => {
      context = await browser.newContext();
      page = await context.newPage();
    });
    afterEach(() => context.close());

    /** The server's side of the page's connection. What happens to the page's is noted in `window.log`. */
    async function connect(options: object): Promise<SiteSocket> {
      await page.goto(site.url + path);
      const arrived = new Promise<SiteSocket>((resolve) => site.io.once("connection", resolve));
      await page.evaluate((given) => {
        window.log = [];
        window.socket = window.io(given);
        window.socket.on("connect", () => window.log.push("connect"));
        window.socket.on("disconnect", (reason: string, details?: { description?: unknown }) =>
          window.log.push(`${reason}: ${String(details?.description)}`),
        );
        window.socket.io.on("reconnect_attempt", () => window.log.push("attempt"));
      }, options);
      const socket = await arrived;
      await page.waitForFunction(() => window.log.length === 1);
      return socket;
    }

    const leaving = (socket: SiteSocket): Promise<string> =>
      new Promise((resolve) => socket.once("disconnect", (reason) => resolve(reason)));

    it.each(["websocket", "polling"])(
      "that goes offline has lost its connection over %s",
      async (transport) => {
        await connect({ transports: [transport], reconnection: false });
        await context.setOffline(true);
        await page.waitForFunction(() => window.log.length === 2);
        expect(await page.evaluate(() => window.log)).toEqual([
          "connect",
          "transport close: network connection lost",
        ]);
      },
    );

    it.each(["websocket", "polling"])(
      "that was offline is connected again once it is online, over %s",
      async (transport) => {
        const first = await connect({
          transports: [transport],
          reconnectionDelay: 1,
          reconnectionDelayMax: 5,
        });
        await context.setOffline(true);
        await page.waitForFunction(() => window.log.length >= 3);
        expect(await page.evaluate(() => window.log.slice(0, 3))).toEqual([
          "connect",
          "transport close: network connection lost",
          "attempt",
        ]);
        const arrived = new Promise<SiteSocket>((resolve) => site.io.once("connection", resolve));
        await context.setOffline(false);
        await page.waitForFunction(() => window.log.at(-1) === "connect");
        expect((await arrived).id).not.toBe(first.id);
      },
    );

    it.each(["websocket", "polling"])(
      "that goes away takes its connection along over %s",
      async (transport) => {
        const socket = await connect({ transports: [transport], closeOnBeforeunload: true });
        const left = leaving(socket);
        await page.goto(`${site.url}/elsewhere`);
        expect(await left).toBe("transport close");
      },
    );

    it.each([false, true])(
      "tells of no loss when it goes away with closeOnBeforeunload: %s",
      async (closeOnBeforeunload) => {
        const socket = await connect({ transports: ["websocket"], closeOnBeforeunload });
        const told: string[] = [];
        await page.exposeFunction("tell", (what: string) => told.push(what));
        await page.evaluate(() => {
          const { tell } = window as unknown as { tell: (what: string) => void };
          window.socket.on("disconnect", () => tell("disconnect"));
        });
        const left = leaving(socket);
        await page.goto(`${site.url}/elsewhere`);
        expect(await left).toBe("transport close");
        expect(told).toEqual([]);
      },
    );
  },
);
