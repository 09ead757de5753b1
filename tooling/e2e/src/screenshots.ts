/**
 * Takes the pictures of the demo that the docs show: `pnpm screenshots`, into docs/images. Look at them before they are
 * committed.
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createChat } from "@telsiz/chat/server";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { Visitor } from "./visitor.ts";

const TARGET = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
const ROOM = "workshop";
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 400, height: 800 };
/** Of the JPEGs, in per cent. */
const QUALITY = 82;

/** Waits until nothing moves any more: marks of delivery, transitions. In milliseconds. */
const SETTLING_MS = 1500;

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(SETTLING_MS);
  await page.screenshot({ path: `${TARGET}${name}.jpg`, type: "jpeg", quality: QUALITY });
}

async function enter(
  browser: Browser,
  url: string,
  name: string,
  options: BrowserContextOptions,
): Promise<Visitor> {
  const visitor = await Visitor.open(browser, `${url}/#${ROOM}`, name, options);
  await visitor.signIn(name);
  await visitor.isOnline();
  return visitor;
}

/** Some talk between three people, of which the last is still typing. */
async function talk(ada: Visitor, bora: Visitor, cem: Visitor): Promise<void> {
  const lines: [Visitor, string][] = [
    [ada, "The new firmware is on both radios. Range test at four?"],
    [bora, "Four is fine. I take the hill, you take the harbour."],
    [cem, "I can bring the spare antenna, the long one."],
    [ada, "Please do. Last time channel 9 faded behind the crane."],
    [bora, "Got all of it after the tunnel, by the way: three messages, in order."],
  ];
  for (const [author, text] of lines) {
    await author.say(text);
    await Promise.all([ada, bora, cem].map((each) => each.reads(text)));
  }
  await bora.act("I can bring the spare antenna", "React with 👍");
  await ada.page.locator(".message").filter({ hasText: "👍" }).first().waitFor();
}

const chat = await createChat({ port: 0 });
const browser = await launchChromium();
await mkdir(TARGET, { recursive: true });
try {
  const [ada, bora, cem] = await Promise.all([
    enter(browser, chat.url, "Ada", { viewport: WIDE, colorScheme: "light" }),
    enter(browser, chat.url, "Bora", { viewport: WIDE, colorScheme: "dark" }),
    enter(browser, chat.url, "Cem", { viewport: NARROW, colorScheme: "light" }),
  ]);
  await talk(ada, bora, cem);
  for (const { page } of [ada, bora]) {
    await page.waitForTimeout(SETTLING_MS); // so that the round trip that it shows is not that of a busy machine
    await page.getByRole("button", { name: "Ping", exact: true }).click();
  }
  await shoot(ada.page, "chat-wide-light");
  await shoot(bora.page, "chat-wide-dark");
  await shoot(cem.page, "chat-narrow-light");
  await cem.page.emulateMedia({ colorScheme: "dark" });
  await shoot(cem.page, "chat-narrow-dark");
  await ada.page.goto(`${chat.url}/tour`);
  await ada.page.locator("#run-all").click();
  await ada.page.locator('[data-passed="11"]').waitFor();
  await shoot(ada.page, "tour");
} finally {
  await browser.close();
  await chat.close();
}
