/** The client that a server serves, in each of its shapes and in a real browser: the same page, whichever server it is. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import "./page-globals.ts";
import { launchChromium, noChromium } from "../src/chromium.ts";
import { type EchoSite, openEchoSite, ourKind, stockKind } from "../src/echo-site.ts";

const PATIENCE = 30_000;

describe.skipIf(noChromium).each([stockKind, ourKind])(
  "a page of $name, in Chromium",
  { timeout: 20_000 },
  (kind) => {
    let browser: Browser;
    let page: Page;
    let site: EchoSite;
    const errors: string[] = [];

    beforeAll(async () => {
      browser = await launchChromium();
    }, PATIENCE);
    afterAll(() => browser.close());

    beforeEach(async () => {
      page = await browser.newPage();
      page.on("pageerror", (error) => errors.push(error.message));
    });
    afterEach(async () => {
      await page.close();
      await site.close();
      expect(errors.splice(0)).toEqual([]);
    });

    /** Opens the page; then what an echo says of text, a list and bytes. */
    async function echo(path: string): Promise<unknown> {
      await page.goto(site.url + path);
      await page.waitForFunction(() => "io" in window);
      return page.evaluate(async () => {
        const socket = window.io();
        const sent = ["çay", [1, null], new Uint8Array([1, 2, 255]).buffer];
        const [seen, values] = await new Promise<[string[], unknown[]]>((resolve) => {
          socket.emit("echo", sent, (...answer: [string[], unknown[]]) => resolve(answer));
        });
        return [seen, values[0], values[1], [...new Uint8Array(values[2] as ArrayBuffer)]];
      });
    }

    const ECHO = [['"çay"', "[1,null]", "Buffer 0102ff"], "çay", [1, null], [1, 2, 255]];

    it.each(["/script", "/minified", "/module", "/bundle"])("talks to its server from %s", async (path) => {
      site = await openEchoSite(kind);
      expect(await echo(path)).toEqual(ECHO);
    });

    it("talks MessagePack to its server", async () => {
      site = await openEchoSite(kind, true);
      const [seen, ...values] = (await echo("/messagepack")) as [string[], ...unknown[]];
      expect(values).toEqual(ECHO.slice(1));
      // The stock server sees the bytes as an ArrayBuffer.
      expect(seen.slice(0, 2)).toEqual(['"çay"', "[1,null]"]);
    });
  },
);
