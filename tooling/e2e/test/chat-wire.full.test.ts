import { describe, expect, it } from "vitest";
import { noChromium } from "../src/chromium.ts";
import { openDemo, visit } from "../src/demo.ts";
import type { Visitor } from "../src/visitor.ts";

describe.skipIf(noChromium)("the wire of the chat", { timeout: 60_000 }, () => {
  const demo = openDemo();
  const { enter, enterTogether } = visit(demo);
  const press = (visitor: Visitor, name: string): Promise<void> =>
    visitor.page.getByRole("group", { name: "Chaos" }).getByRole("button", { name }).click();

  it("shows the session move from polling to WebSocket, and the packets of both", async () => {
    const ada = await enter("Ada", "moving");
    await ada.page.locator('.gauges [data-transport="websocket"]').waitFor();
    await ada.page.locator('.packets [data-kind="upgrade"][data-direction="out"]').waitFor();
    const kinds = await ada.page
      .locator(".packets li")
      .evaluateAll((rows) =>
        rows.map((row) => `${row.getAttribute("data-direction")} ${row.getAttribute("data-kind")}`),
      );
    expect(kinds.slice(0, 3)).toEqual(["in open", "out connect", "in connect"]);
    expect(await ada.page.locator(".packets").textContent()).not.toContain(await secretOf(ada));
  });

  it("links an acknowledgement to its question, with the time between them and the size of each", async () => {
    const ada = await enter("Ada", "linking");
    await ada.page.getByRole("button", { name: "Ping", exact: true }).click();
    const question = ada.page.locator(".packets li", { hasText: "probe()" });
    await question.click();
    const answer = ada.page.locator('.packets li[data-partner="true"]');
    await answer.locator(".packet-time").waitFor();
    expect(await answer.getAttribute("data-kind")).toBe("ack");
    const idOf = (row: typeof answer): Promise<string | null> => row.locator(".packet-ack").textContent();
    expect(await idOf(answer)).toBe(await idOf(question));
    expect(await question.locator(".packet-size").textContent()).toMatch(/^1\d bytes$/);
    expect(await gauge(ada, "round-trip")).toMatch(/^[\d.]+ ms$/);
    await expect.poll(() => gauge(ada, "buffered")).toBe("0 bytes");
  });

  it("goes offline and comes back with twenty messages in order, once each, and what was missed", async () => {
    const [ada, bora] = await enterTogether("half a minute");
    await ada.say("Before");
    await ada.sees("Before", "delivered");
    await press(ada, "Go offline");
    await ada.isTold("You are offline.");
    await bora.person(ada.name, "away").waitFor();
    const written = Array.from({ length: 20 }, (_, count) => `While away, ${count + 1}.`);
    for (const text of written) await ada.say(text);
    expect(await gauge(ada, "waiting")).toBe("20");
    await bora.say("Meanwhile");
    await bora.sees("Meanwhile", "sent");
    await press(ada, "Go offline");
    await ada.isTold("What waited is sent in order, and kept once");
    await ada.isTold("One message came meanwhile");
    await bora.reads(written.at(-1)!);
    await ada.sees(written.at(-1)!, "delivered");
    const all = ["Before", "Meanwhile", ...written];
    expect(await bora.texts()).toEqual(all);
    expect(await ada.texts()).toEqual(all);
  });

  it("shows a slow link by the mark of a message, until the server has it", async () => {
    const [ada, bora] = await enterTogether("slowness");
    await press(ada, "Slow link");
    await ada.isTold("Every packet now takes 2.5 seconds.");
    await ada.say("Slowly");
    await ada.sees("Slowly", "sending");
    await bora.reads("Slowly");
    await ada.sees("Slowly", "delivered");
  });

  it("comes back by itself after the server has dropped it", async () => {
    const [ada, bora] = await enterTogether("drops");
    await press(ada, "Drop");
    await ada.isTold("The server has dropped the connection.");
    await ada.isTold(/Connected again after [\d.]+ s, in the same rooms, under the same name/);
    await bora.say("Welcome back");
    await ada.reads("Welcome back");
  });

  it("has a flood turned down in part, while others go on", async () => {
    const [ada, bora] = await enterTogether("floods");
    await press(ada, "Flood");
    await bora.say("Dry over here");
    await bora.sees("Dry over here", "delivered");
    await ada.isTold(/400 requests at once: \d+ answered, \d+ turned down/);
  });

  it("finds everything again after the engine was killed and started again", async () => {
    const [ada, bora] = await enterTogether("restarts");
    await ada.say("Before the end");
    await ada.sees("Before the end", "delivered");
    await press(ada, "Restart the engine");
    await bora.page.locator('[data-connection="reconnecting"]').waitFor();
    await bora.say("Is it over?");
    await ada.isTold("Connected again after");
    await ada.reads("Is it over?");
    await bora.sees("Is it over?", "delivered");
    expect(await ada.texts()).toEqual(["Before the end", "Is it over?"]);
  });

  it("lets the stock client into the same room", async () => {
    const [ada, bora] = await enterTogether("stock");
    await ada.page.getByRole("button", { name: "Let it in" }).click();
    await bora.page.locator('[data-person^="Stock"][data-presence="online"]').waitFor();
    await ada.page.getByLabel("Message from the stock client").fill("Hello from the registry");
    await ada.page.locator(".stock").getByRole("button", { name: "Send", exact: true }).click();
    await bora.reads("Hello from the registry");
    await bora.say("Hello, stock client");
    await ada.page.locator(".stock li").getByText(`${bora.name}: Hello, stock client`).waitFor();
    await bora.sees("Hello, stock client", "delivered");
    await ada.page.getByRole("button", { name: "Send it away" }).click();
    await bora.page.locator('[data-person^="Stock"]').waitFor({ state: "detached" });
  });

  it("tells the stock client in words why it may not come in", async () => {
    const ada = await enter("Ada", "lobby");
    await ada.page.getByLabel("Name of a new room").fill("attic");
    await ada.page.getByLabel("By invitation only").check();
    await ada.page.getByRole("button", { name: "Create the room" }).click();
    await ada.page.getByText("By invitation, just you").waitFor();
    await ada.page.getByRole("button", { name: "Let it in" }).click();
    await ada.page
      .locator(".stock li")
      .getByText("attic is by invitation: ask somebody inside for its link.")
      .waitFor();
  });

  const gauge = (visitor: Visitor, name: string): Promise<string | null> =>
    visitor.page.locator(`[data-gauge="${name}"]`).textContent();
});

/** What nobody may read off the screen. */
async function secretOf({ page }: Visitor): Promise<string> {
  const kept = await page.evaluate(() => sessionStorage.getItem("telsiz-chat"));
  return (JSON.parse(kept!) as { secret: string }).secret; // as the page wrote it
}
