import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import "./page-globals.ts";
import { type OnUpgrade, refuseUpgrade, swallowUpgrade, UpgradeProxy } from "@telsiz/testkit";
import { launchChromium, noChromium } from "../src/chromium.ts";
import { openEchoSite, type EchoSite, type SiteSocket } from "../src/echo-site.ts";

/** From where the client comes, how it is told which transports to use, and on which it is in the end. */
const ways: [string, string, string[] | undefined, string][] = [
  ["WebSocket only", "script", ["websocket"], "websocket"],
  ["polling only", "script", ["polling"], "polling"],
  ["polling that upgrades", "script", ["polling", "websocket"], "websocket"],
  ["WebSocket only", "bundle", ["WebSocket"], "websocket"],
  ["polling with fetch only", "bundle", ["Fetch"], "polling"],
  ["polling with XMLHttpRequest only", "bundle", ["XHR"], "polling"],
  ["polling with XMLHttpRequest that upgrades", "bundle", ["XHR", "WebSocket"], "websocket"],
  ["what it chooses itself", "bundle", undefined, "websocket"],
  ["what it chooses itself", "websocket", undefined, "websocket"],
];

describe.skipIf(noChromium)("the client in Chromium", { timeout: 20_000 }, () => {
  let site: EchoSite;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([openEchoSite(), launchChromium()]);
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  describe.each(ways)("over %s, from the %s", (_name, source, transports, lastTransport) => {
    let page: Page;
    let socket: SiteSocket;

    beforeAll(async () => {
      page = await browser.newPage();
      await page.goto(`${site.url}/${source}`);
      await page.waitForFunction(() => "io" in window);
      const connected = new Promise<SiteSocket>((resolve) => site.io.once("connection", resolve));
      await page.evaluate((names) => {
        const transports = names?.map((name) => window.transports?.[name] ?? name);
        window.socket = window.io(transports ? { transports } : {});
      }, transports);
      socket = await connected;
    });
    afterAll(() => page.close());

    it("sends binary that is a Buffer on the server, and gets an ArrayBuffer back", async () => {
      const [seen, returned] = await page.evaluate(() => {
        const { buffer } = new Uint8Array([1, 2, 3]);
        const values = [buffer, new Uint8Array([4, 5]), new DataView(buffer, 1), new Uint16Array([6])];
        return new Promise<[string[], string[]]>((resolve) => {
          window.socket.emit("echo", values, (seen: string[], values: unknown[]) =>
            resolve([
              seen,
              values.map(
                (value) => `${value!.constructor.name} ${new Uint8Array(value as ArrayBuffer).join()}`,
              ),
            ]),
          );
        });
      });
      expect(seen).toEqual(["Buffer 010203", "Buffer 0405", "Buffer 0203", "Buffer 0600"]);
      expect(returned).toEqual([
        "ArrayBuffer 1,2,3",
        "ArrayBuffer 4,5",
        "ArrayBuffer 2,3",
        "ArrayBuffer 6,0",
      ]);
    });

    it("sends Blob and File", async () => {
      const seen = await page.evaluate(() =>
        window.socket.emitWithAck("echo", [
          new Blob(["ab", "c"]),
          new File([new Uint8Array([9])], "nine.bin"),
        ]),
      );
      expect(seen).toEqual(["Buffer 616263", "Buffer 09"]);
    });

    it("keeps events in order when a Blob has to be read before it is sent", async () => {
      const order = await page.evaluate(async () => {
        const done: string[] = [];
        const values = [new Blob([new Uint8Array(50_000)]), "second", new Blob(["third"]), "fourth"];
        await Promise.all(
          values.map((value, index) =>
            window.socket.emitWithAck("echo", [value]).then(() => done.push(`${index}`)),
          ),
        );
        return done.join();
      });
      expect(order).toBe("0,1,2,3");
    });

    it("gets Buffers of the server as ArrayBuffers, nested ones too", async () => {
      const greeting = page.evaluate(
        () =>
          new Promise<unknown>((resolve) => {
            window.socket.once("greeting", (bytes: ArrayBuffer, { list }: { list: ArrayBuffer[] }) =>
              resolve(
                [bytes, ...list].map((value) => `${value.constructor.name} ${new Uint8Array(value).join()}`),
              ),
            );
            window.socket.emit("echo", ["listening"], () => {});
          }),
      );
      socket.once("echo", () => {
        socket.emit("greeting", Buffer.from([1, 2]), { list: [Buffer.from([3]), new Uint8Array([4, 5])] });
      });
      expect(await greeting).toEqual(["ArrayBuffer 1,2", "ArrayBuffer 3", "ArrayBuffer 4,5"]);
    });

    it(`is on ${lastTransport} in the end, on both sides`, async () => {
      await expect.poll(() => socket.conn.transport.name).toBe(lastTransport);
      const answer = await page.evaluate(() => window.socket.emitWithAck("echo", ["still here"]));
      expect(answer).toEqual(['"still here"']);
    });
  });

  it.each<[string, OnUpgrade]>([
    ["refused", refuseUpgrade],
    ["never answered", swallowUpgrade],
  ])("is on polling where WebSockets are %s", async (_what, onUpgrade) => {
    const proxy = new UpgradeProxy(Number(new URL(site.url).port), onUpgrade);
    const address = await proxy.open();
    const page = await browser.newPage();
    await page.goto(`${address}/bundle`);
    await page.waitForFunction(() => "io" in window);
    const [answer, errors] = await page.evaluate(async () => {
      const errors: string[] = [];
      window.socket = window.io({ upgrade: false });
      window.socket.on("connect_error", ({ message }: Error) => errors.push(message));
      return [await window.socket.emitWithAck("echo", ["here"]), errors];
    });
    expect([answer, errors]).toEqual([['"here"'], []]);
    expect(proxy.handshakes.filter(Boolean)).toEqual(["websocket", "polling"]);
    await page.close();
    await proxy.close();
  });
});
