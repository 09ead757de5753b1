import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { noChromium } from "../src/chromium.ts";
import { openDemo } from "../src/demo.ts";

describe.skipIf(noChromium)("the API tour in Chromium", { timeout: 20_000 }, () => {
  const demo = openDemo();
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    page = await demo.browser.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${demo.chat.url}/tour`);
    await page.locator("#run-all").click();
    await page.waitForFunction(() => {
      const { passed, failed } = document.querySelector<HTMLElement>("[data-passed]")!.dataset;
      return Number(passed) + Number(failed) === 11;
    });
  }, 30_000);

  async function outcomeOf(item: number): Promise<unknown> {
    const element = page.locator(`[data-item="${item}"]`);
    const seen = await element
      .locator("[data-seen]")
      .evaluateAll((cells) => cells.map((cell) => [cell.getAttribute("data-seen"), cell.textContent]));
    return { status: await element.getAttribute("data-status"), ...Object.fromEntries(seen) };
  }

  const timedOut = "operation has timed out";

  it.each([
    [1, "emits a value, both ways", { "the server heard": "Merhaba", "the page heard": "Hoş geldin" }],
    [
      2,
      "sends any number of arguments, both ways",
      {
        "the server got": `2, "simit", { sesame: true, with: ["tea", { sugar: "1" }], note: null }, Buffer 01 02 03`,
        "the page got": `2, "simit", { sesame: true, with: ["tea", { sugar: "1" }], note: null }, ArrayBuffer 01 02 03`,
      },
    ],
    [
      3,
      "sends binary, which is a Buffer on the server and an ArrayBuffer in the page",
      {
        "Uint8Array sent": "Buffer de ad be ef",
        "ArrayBuffer sent": "Buffer 0a 0b",
        "Float32Array sent": "Buffer 00 00 c0 3f",
        "DataView sent": "Buffer 03 04",
        "Blob sent": "Buffer 6b 75 c5 9f",
        "Buffer, Uint16Array and ArrayBuffer received":
          "ArrayBuffer c3 a7 61 79, ArrayBuffer 01 00 02 00, ArrayBuffer 07 08 09",
      },
    ],
    [
      4,
      "sends objects as they are, both ways",
      {
        "the server got": `{ sensor: { room: "kitchen", floor: 2 }, celsius: [21.5, 22] }`,
        "the page got": `{ sensor: { room: "kitchen", floor: 2 }, celsius: [19, 20.5] }`,
      },
    ],
    [
      5,
      "acknowledges through callbacks with a timeout, both ways",
      {
        "2 + 3, says the server": "5",
        "a request without an answer": timedOut,
        "7 × 6, says the page": "42",
        "a riddle without an answer": timedOut,
      },
    ],
    [
      6,
      "acknowledges through promises, both ways",
      {
        "20 + 22, says the server": "42",
        "a request without an answer": timedOut,
        "9 × 9, says the page": "81",
        "a riddle without an answer": timedOut,
      },
    ],
    [
      7,
      "calls catch-all listeners for what comes in, on both sides",
      {
        "came in at the server": `wave("left"), count(1, 2, 3), read the log(ƒ)`,
        "came in at the page": `apple(1), pear(2, "ripe")`,
      },
    ],
    [
      8,
      "calls catch-all listeners for what goes out, on both sides",
      {
        "went out of the page": `start a log("outgoing"), send fruit(), wave("right")`,
        "went out of the server": `apple(1), pear(2, "ripe")`,
      },
    ],
    [
      9,
      "broadcasts to every client",
      {
        "the speaker heard": "The bread is fresh",
        "a second client heard": "The bread is fresh",
        "a third client heard": "The bread is fresh",
      },
    ],
    [
      10,
      "sends to the members of a room, and to all others",
      {
        "Ada, a member throughout": "to members, after Bora left",
        "Bora, a member who left": "to members, to others",
        "Cem, never a member": "to others, to others",
      },
    ],
    [
      11,
      "chats between a plain script tag and a bundle",
      { "this bundled page read": "Hello from a script tag", "the plain page read": "Hello from a bundle" },
    ],
  ])("item %i %s", async (item, _story, seen) => {
    expect(await outcomeOf(item)).toEqual({ status: "passed", ...seen });
  });

  it("shows the code of both halves beside each output", async () => {
    const code = await page.locator(".code pre").allTextContents();
    expect(code).toHaveLength(22);
    expect(code[0]).toContain('socket.emit("say", "Merhaba")');
    expect(code[1]).toContain('socket.emit("heard", word)');
    expect(code[21]).toContain('<script src="/socket.io/socket.io.js">');
  });

  it("runs one example again on its own", async () => {
    await page.getByRole("button", { name: "Run example 4, Objects as they are" }).click();
    await page.locator('[data-item="4"][data-status="passed"]').waitFor();
  });

  it("throws no error in the page", () => {
    expect(errors).toEqual([]);
  });
});
