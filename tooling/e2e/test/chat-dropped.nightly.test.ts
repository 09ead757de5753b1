/** A lost line in the chat: not yet steady enough for every change. */
import { describe, expect, it } from "vitest";
import { noChromium } from "../src/chromium.ts";
import { openDemo, visit } from "../src/demo.ts";
import type { Visitor } from "../src/visitor.ts";

describe.skipIf(noChromium)("two windows in the chat", { timeout: 60_000 }, () => {
  const demo = openDemo();
  const { enterTogether } = visit(demo);

  /** Ends a visitor's connection from the server's side, as a broken line would. */
  function dropConnectionOf(visitor: Visitor): void {
    socketOf(visitor)?.conn.close();
  }
  function socketOf({ name }: Visitor): ReturnType<typeof demo.chat.io.sockets.sockets.get> {
    return [...demo.chat.io.sockets.sockets.values()].find((socket) => socket.data.name === name);
  }

  it("reconnects after the server drops the connection, and what was written meanwhile arrives once, in order", async () => {
    const [ada, bora] = await enterTogether("dropped");
    await ada.say("Before");
    await ada.sees("Before", "delivered");
    await ada.page.locator('[data-transport="websocket"]').waitFor();
    await ada.context.setOffline(true);
    dropConnectionOf(ada);
    await ada.page.locator('[data-connection="reconnecting"]').waitFor();
    await bora.person(ada.name, "away").waitFor();

    await ada.say("While away, one");
    await ada.say("While away, two");
    await ada.sees("While away, two", "waiting");
    await bora.say("Meanwhile");
    await bora.sees("Meanwhile", "sent");
    await ada.context.setOffline(false);
    await ada.isOnline();

    await ada.sees("While away, two", "delivered");
    await ada.reads("Meanwhile");
    await ada.page.getByText("While you were away").waitFor();
    await ada.page.locator('[data-caught-up="true"]').getByText("Meanwhile").waitFor();
    const all = ["Before", "Meanwhile", "While away, one", "While away, two"];
    expect(await bora.texts()).toEqual(all);
    expect(await ada.texts()).toEqual(all);
    await bora.page.reload();
    await bora.reads("While away, two");
    expect(await bora.texts()).toEqual(all);
  });
});
