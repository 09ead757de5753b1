/** What the entry that logs prints to a page's console. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import "./page-globals.ts";
import { launchChromium, noChromium } from "../src/chromium.ts";
import { type EchoSite, openEchoSite } from "../src/echo-site.ts";

describe.skipIf(noChromium)("the entry that logs, in Chromium", { timeout: 20_000 }, () => {
  let site: EchoSite;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([openEchoSite(), launchChromium()]);
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  /** What is printed until an echo has come back. */
  async function printed(path: string, areas: string | undefined): Promise<readonly string[]> {
    const page = await browser.newPage();
    const lines: string[] = [];
    page.on("console", (message) => lines.push(message.text()));
    await page.goto(`${site.url}${path}`);
    await page.waitForFunction(() => "io" in window);
    await page.evaluate(async (areas) => {
      if (areas === undefined) localStorage.removeItem("debug");
      else localStorage.setItem("debug", areas);
      const socket = window.io({ transports: ["websocket"] });
      await socket.emitWithAck("echo", ["merhaba"]);
    }, areas);
    await page.close();
    return lines.filter((line) => line.startsWith("telsiz:"));
  }

  it("prints what localStorage.debug asks for", async () => {
    const lines = await printed("/debug", "telsiz:*");
    expect(lines[0]).toMatch(/^telsiz:client 127\.0\.0\.1:\d+\/socket\.io\/ is connected to$/);
    expect(lines).toContainEqual(expect.stringMatching(/^telsiz:client .* opened as \S+ over websocket$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^telsiz:client:packets \S+ > message 20\["echo",\["merhaba"\]\]$/),
    );
  });

  it("prints nothing where nothing is asked for", async () => {
    expect(await printed("/debug", undefined)).toEqual([]);
    expect(await printed("/debug", "telsiz:engine")).toEqual([]);
  });

  it("is another one than the plain entry, which never prints", async () => {
    expect(await printed("/bundle", "telsiz:*")).toEqual([]);
  });
});
