/** The demo and a browser, for the tests of one file: opened before the first of them, closed after the last. */
import { createChat, type Chat } from "@telsiz/chat/server";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";

export interface Demo {
  chat: Chat;
  browser: Browser;
}

/** The first run after a change builds the pages, on a machine that may be busy. In milliseconds. */
const PATIENCE = 30_000;

/** Call it inside `describe`. What it returns is filled once the tests run. */
export function openDemo(): Demo {
  const demo: Partial<Demo> = {};
  beforeAll(async () => {
    demo.chat = await createChat({ port: 0 });
    demo.browser = await launchChromium();
  }, PATIENCE);
  afterAll(async () => {
    await demo.browser?.close();
    await demo.chat?.close();
  });
  return demo as Demo; // no test runs unless both were opened
}
