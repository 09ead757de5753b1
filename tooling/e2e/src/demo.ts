/** The demo and a browser, for the tests of one file: opened before the first of them, closed after the last. */
import { createChat, type Chat } from "@telsiz/chat/server";
import type { Browser } from "playwright-core";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchChromium } from "./chromium.ts";
import { Visitor } from "./visitor.ts";

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

export interface Visits {
  /** Opens a window on the sign-in card. */
  open: (room: string, name: string, options?: BrowserContextOptions) => Promise<Visitor>;
  /** Opens a window and enters a room. */
  enter: (name: string, room: string) => Promise<Visitor>;
  /** Opens two windows in the same room, each of which sees the other. */
  enterTogether: (room: string) => Promise<[ada: Visitor, bora: Visitor]>;
}

/**
 * Visitors of a demo, for each test of one file. They leave after it, and none may have seen an error.
 *
 * Each test has a room of its own, and names: the server may not know yet that those of the last one have left.
 */
export function visit(demo: Demo): Visits {
  const visitors: Visitor[] = [];
  afterEach(async () => {
    const leaving = visitors.splice(0);
    await Promise.all(leaving.map(({ context }) => context.close()));
    expect(leaving.flatMap(({ errors }) => errors)).toEqual([]);
  });
  const open: Visits["open"] = async (room, name, options) => {
    const visitor = await Visitor.open(demo.browser, `${demo.chat.url}/#${room}`, name, options);
    visitors.push(visitor);
    return visitor;
  };
  const enter: Visits["enter"] = async (name, room) => {
    const visitor = await open(room, `${name} ${room}`);
    await visitor.signIn(visitor.name);
    await visitor.isOnline();
    return visitor;
  };
  const enterTogether: Visits["enterTogether"] = async (room) => {
    const [ada, bora] = await Promise.all([enter("Ada", room), enter("Bora", room)]);
    await ada.person(bora.name, "online").waitFor();
    await bora.person(ada.name, "online").waitFor();
    return [ada, bora];
  };
  return { open, enter, enterTogether };
}
