import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { describe, expect, it } from "vitest";
import { noChromium } from "../src/chromium.ts";
import { openDemo, visit } from "../src/demo.ts";
import type { Visitor } from "../src/visitor.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(noChromium)("the chat for everybody", { timeout: 60_000 }, () => {
  const demo = openDemo();
  const { open, enter } = visit(demo);

  describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
    it.each([
      ["wide", 1280],
      ["narrow", 390],
    ])("breaks no rule of axe on a %s screen", async (size, width) => {
      const room = `${colorScheme} ${size}`;
      const ada = await open(room, `Ada ${room}`, { colorScheme, viewport: { width, height: 800 } });
      expect(await offencesOn(ada)).toEqual([]);
      await ada.signIn(ada.name);
      await ada.isOnline();
      const bora = await enter("Bora", room);
      await bora.say("Good morning");
      await ada.reads("Good morning");
      await ada.say("And to you");
      await ada.sees("And to you", "seen");
      await bora.act("Good morning", "React with 🎉");
      await ada.page.locator(".reaction").waitFor();
      await ada.page.getByRole("button", { name: "Search" }).click();
      await ada.rows("Good morning").locator(".menu-button").click();
      expect(await offencesOn(ada)).toEqual([]);
      const toggle = ada.page.getByRole("button", { name: width > 1000 ? "Wire" : "Rooms", exact: true });
      await toggle.click();
      expect(await offencesOn(ada)).toEqual([]);
      await toggle.click();
      if (width > 1000) return;
      await ada.page.getByRole("button", { name: "Wire", exact: true }).click();
      expect(await offencesOn(ada)).toEqual([]);
    });

    it("breaks no rule of axe in the tour", async () => {
      const ada = await open("", "Ada", { colorScheme });
      await ada.page.goto(`${demo.chat.url}/tour`);
      await ada.page.getByRole("heading", { level: 1 }).waitFor();
      expect(await offencesOn(ada)).toEqual([]);
    });
  });

  it("is used by the keyboard alone: sign in, join a room, send, and change what was sent", async () => {
    const bora = await enter("Bora", "keys");
    const ada = await open("lobby", "Ada keys");
    const { keyboard } = ada.page;
    const focused = (): Promise<string> =>
      ada.page.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute("aria-label") ?? activeElement?.textContent ?? "";
      });
    /** Presses Tab until the element in focus is called so. */
    const tabTo = async (name: RegExp, key = "Tab"): Promise<void> => {
      for (let steps = 0; steps < 60; steps++) {
        if (name.test(await focused())) return;
        await keyboard.press(key);
      }
      throw new Error(`Tab does not lead to ${String(name)}`);
    };

    await ada.page.getByLabel("Your name here").waitFor();
    await keyboard.press("ControlOrMeta+A");
    await keyboard.type(ada.name);
    await keyboard.press("Enter");
    await ada.isOnline();
    await ada.page.locator('[data-room="keys"]').waitFor();
    await tabTo(/keys/, "Shift+Tab");
    await keyboard.press("Enter");
    await ada.page.getByRole("heading", { level: 1, name: "keys" }).waitFor();
    await expect.poll(focused).toBe("Message to keys");
    await keyboard.type("Typed by hand");
    await keyboard.press("Enter");
    await bora.reads("Typed by hand");

    await tabTo(/^Actions for/, "Shift+Tab");
    await keyboard.press("Enter");
    await expect.poll(focused).toMatch(/^React with/);
    await keyboard.press("Escape");
    expect(await focused()).toMatch(/^Actions for/);
    await keyboard.press("Enter");
    await tabTo(/^Edit$/);
    await keyboard.press("Enter");
    await expect.poll(focused).toBe("Edit the message");
    await keyboard.type(", and changed");
    await keyboard.press("Enter");
    await bora.reads("Typed by hand, and changed");
  });
});

/** The rules of axe that the page breaks, and where. */
async function offencesOn({ page }: Visitor): Promise<string[]> {
  await page.evaluate(axe);
  // What moves into view has its colours only when it is there.
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
