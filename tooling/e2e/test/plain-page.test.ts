import { createChat, type Chat } from "@telsiz/chat/server";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium, noChromium } from "../src/chromium.ts";
import { Visitor } from "../src/visitor.ts";

describe.skipIf(noChromium)("the page with a script tag", () => {
  let chat: Chat;
  let browser: Browser;

  beforeAll(async () => {
    [chat, browser] = await Promise.all([createChat({ port: 0 }), launchChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await chat.close();
  });

  it("chats with the bundled page", async () => {
    const bundled = await Visitor.enter(browser, `${chat.url}/#mixed`, "Bundled");
    const plain = await browser.newPage();
    await plain.goto(`${chat.url}/plain.html?room=mixed&name=Plain`);
    await bundled.person("Plain", "online").waitFor();

    await plain.getByLabel("Message").fill("From a script tag");
    await plain.getByRole("button", { name: "Send" }).click();
    await bundled.reads("From a script tag");

    await bundled.say("From a bundle");
    await bundled.sees("From a bundle", "delivered");
    expect(await plain.locator("li").allTextContents()).toEqual([
      "Bundled: From a bundle",
      "Plain: From a script tag",
    ]);
    expect(bundled.errors).toEqual([]);
  });

  it("loads nothing from elsewhere", async () => {
    const page = await browser.newPage();
    const origins = new Set<string>();
    page.on("request", (request) => origins.add(new URL(request.url()).origin));
    for (const path of ["/", "/tour", "/plain.html"]) {
      await page.goto(chat.url + path, { waitUntil: "load" });
    }
    origins.delete("null"); // data: and blob:
    expect([...origins]).toEqual([chat.url]);
  });
});
