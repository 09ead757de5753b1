import { readFile } from "node:fs/promises";
import { until } from "@telsiz/testkit";
import { describe, expect, it } from "vitest";
import { noChromium } from "../src/chromium.ts";
import { openDemo, visit } from "../src/demo.ts";
import type { Visitor } from "../src/visitor.ts";

/** One green dot. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe.skipIf(noChromium)("two windows in the chat", { timeout: 60_000 }, () => {
  const demo = openDemo();
  const { enter, enterTogether, open } = visit(demo);

  /** Ends a visitor's connection as a broken line would, and lets nothing through until they are online again. */
  async function cutOff(visitor: Visitor): Promise<void> {
    // What is still polling would learn of it from the missing pings alone.
    await visitor.page.locator('[data-connection="online"] [data-transport="websocket"]').waitFor();
    await visitor.context.setOffline(true);
    socketOf(visitor)?.conn.close();
  }
  function socketOf({ name }: Visitor): ReturnType<typeof demo.chat.io.sockets.sockets.get> {
    return [...demo.chat.io.sockets.sockets.values()].find((socket) => socket.data.name === name);
  }

  it("passes a message on and ticks it once the other window has it", async () => {
    const [ada, bora] = await enterTogether("ticks");
    await ada.say("Is anybody here?");
    await bora.reads("Is anybody here?");
    await ada.sees("Is anybody here?", "delivered");
    await bora.say("I am.");
    await ada.reads("I am.");
    expect(await ada.texts()).toEqual(["Is anybody here?", "I am."]);
  });

  it("marks a message as seen once somebody has looked at it", async () => {
    const [ada, bora] = await enterTogether("seen");
    await bora.goTo("workshop");
    await ada.say("Look at this.");
    await ada.page.locator('.message[data-status="delivered"]').waitFor();
    await bora.goTo("seen");
    await ada.sees("Look at this.", "seen");
    await ada.page.getByText(`Seen by ${bora.name}`).waitFor();
  });

  it("shows one tick to somebody alone in a room", async () => {
    const ada = await enter("Ada", "alone");
    await ada.say("Just me.");
    await ada.sees("Just me.", "sent");
  });

  it("shows who is typing, until the message is there", async () => {
    const [ada, bora] = await enterTogether("typing");
    const mark = ada.page.getByText(`${bora.name} is typing…`);
    // The sign is volatile: one may be lost, as while the connection moves to WebSocket. Going on typing sends more.
    const keepTyping = async (): Promise<boolean> => {
      await bora.field.press("m");
      return mark.isVisible();
    };
    await expect.poll(keepTyping, { timeout: 10_000, interval: 100 }).toBe(true);
    const text = await bora.field.inputValue();
    await bora.field.press("Enter");
    await ada.reads(text);
    expect(await ada.page.locator(".typing").textContent()).toBe("");
  });

  it("marks who is here and who has left", async () => {
    const [ada, bora] = await enterTogether("marks");
    await bora.say("Back in a minute.");
    await ada.reads("Back in a minute.");
    await bora.page.close();
    await ada.person(bora.name, "away").waitFor();
    expect(await ada.person(bora.name, "online").count()).toBe(0);
  });

  it("sends a chosen picture as binary and shows it in both windows", async () => {
    const [ada, bora] = await enterTogether("chosen");
    await ada.attach("dot.png", "image/png", PNG);
    await ada.say("A dot");
    await ada.sees("A dot", "delivered");
    expect(await sizeOfPicture(ada)).toBe(1);
    expect(await sizeOfPicture(bora)).toBe(1);
    expect(await bytesOfPicture(bora)).toEqual([...PNG]);
  });

  it.each(["paste", "drop"])("takes a picture by %s", async (way) => {
    const [ada, bora] = await enterTogether(way);
    await ada.field.evaluate(
      (field, { way, bytes }) => {
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([new Uint8Array(bytes)], "dot.png", { type: "image/png" }));
        const options = { bubbles: true, cancelable: true };
        field.dispatchEvent(
          way === "paste"
            ? new ClipboardEvent("paste", { ...options, clipboardData })
            : new DragEvent("drop", { ...options, dataTransfer: clipboardData }),
        );
      },
      { way, bytes: [...PNG] },
    );
    await ada.page.getByRole("button", { name: "Send" }).click();
    expect(await bytesOfPicture(bora)).toEqual([...PNG]);
  });

  it("shows how far a large file is, and gives it to the others to save", async () => {
    const [ada, bora] = await enterTogether("large");
    const bytes = Buffer.alloc(1_000_000, "telsiz");
    await slowDown(ada);
    await ada.attach("notes.txt", "text/plain", bytes);
    await ada.page.getByRole("button", { name: "Send" }).click();
    const progress = ada.page.getByRole("progressbar", { name: "Sending notes.txt" });
    await expect.poll(async () => Number(await progress.getAttribute("value"))).toBeGreaterThan(0);
    await ada.context.unroute("**/*");
    await bora.page.getByRole("button", { name: "notes.txt 1.0 MB, load" }).click();
    const saving = bora.page.waitForEvent("download");
    await bora.page.getByRole("link", { name: "Save notes.txt" }).click();
    const path = await (await saving).path();
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  it("says why a file is too large, and keeps what was written", async () => {
    const ada = await enter("Ada", "too large");
    await ada.field.fill("Here it comes");
    await ada.field.evaluate((field) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(8_000_001)], "film.mp4", { type: "video/mp4" }));
      field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }));
    });
    await ada.page
      .getByRole("alert")
      .getByText("film.mp4 has 8.0 MB: a file may have 8 MB at most.")
      .waitFor();
    expect(await ada.field.inputValue()).toBe("Here it comes");
    expect(await ada.page.locator(".attachment").count()).toBe(0);
  });

  it("has the history after a reload, pictures included, under the same name", async () => {
    const [ada, bora] = await enterTogether("history");
    await ada.attach("dot.png", "image/png", PNG);
    await ada.say("First");
    await ada.sees("First", "delivered");
    await bora.say("Second");
    await ada.reads("Second");
    await ada.page.reload();
    await ada.reads("Second");
    expect(await ada.texts()).toEqual(["First", "Second"]);
    expect(await bytesOfPicture(ada)).toEqual([...PNG]);
    await ada.person(ada.name, "online").waitFor();
  });

  it("fetches older messages on the way up, to the very first", async () => {
    const ada = await enter("Ada", "long");
    for (let count = 1; count <= 120; count++) {
      demo.chat.store.add({
        key: `${count}`,
        room: "long",
        author: "x",
        from: "X",
        text: `Number ${count}`,
        sentAt: count,
      });
    }
    await ada.page.reload();
    await ada.reads("Number 120");
    expect(await ada.rows("Number").count()).toBe(50);
    const log = ada.page.getByRole("log");
    const goUp = async (): Promise<number> => {
      await log.evaluate((element) => (element.scrollTop = 0));
      return ada.rows("Number").count();
    };
    await expect.poll(goUp).toBe(120);
    expect((await ada.texts())[0]).toBe("Number 1");
    expect(await ada.page.getByRole("button", { name: "Earlier messages" }).count()).toBe(0);
  });

  it("finds messages in all rooms that one is in, and in no other", async () => {
    const [ada, bora] = await enterTogether("finding");
    await bora.goTo("tea house");
    await bora.say("A needle in the tea house");
    await bora.sees("A needle in the tea house", "sent");
    await ada.say("A needle here");
    await ada.page.getByRole("button", { name: "Search" }).click();
    await ada.page.getByRole("searchbox").fill("needle");
    await ada.page.getByRole("searchbox").press("Enter");
    await ada.page.getByText("One message found.").waitFor();
    expect(await ada.page.locator(".found-text").allTextContents()).toEqual(["A needle here"]);
    await ada.page.getByRole("searchbox").fill("n");
    await ada.page.getByRole("searchbox").press("Enter");
    await ada.page.getByRole("alert").getByText("Search for 2 to 100 characters.").waitFor();
  });

  it("changes a message, takes it back, answers it and reacts to it, in both windows", async () => {
    const [ada, bora] = await enterTogether("changes");
    await ada.say("Helo");
    await ada.sees("Helo", "delivered");
    await ada.act("Helo", "Edit");
    await ada.page.getByLabel("Edit the message").fill("Hello, everybody");
    await ada.page.getByLabel("Edit the message").press("Enter");
    await bora.reads("Hello, everybody (edited)");
    await bora.act("Hello, everybody", "React with 🎉");
    await ada.page.getByRole("button", { name: `🎉 1 from ${bora.name}` }).waitFor();
    await bora.act("Hello, everybody", "Reply");
    await bora.say("Hello, Ada");
    await ada.page.locator(".quote").getByText("Hello, everybody").waitFor();
    await bora.page.getByRole("button", { name: `🎉 1 from ${bora.name}` }).click();
    await ada.page.locator(".reaction").waitFor({ state: "detached" });
    await ada.act("Hello, everybody", "Delete");
    await bora.page.getByText("This message was deleted.").waitFor();
    await bora.page.reload();
    await bora.page.getByText("This message was deleted.").waitFor();
    expect(await bora.texts()).toEqual(["Hello, Ada"]);
  });

  it("keeps rooms apart, and counts what comes in elsewhere", async () => {
    const [ada, bora] = await enterTogether("apart");
    await bora.goTo("workshop");
    await bora.say("Only for the workshop");
    await bora.sees("Only for the workshop", "sent");
    await ada.say("Only for this room");
    await ada.sees("Only for this room", "delivered");
    expect(await ada.texts()).toEqual(["Only for this room"]);
    expect(await bora.texts()).toEqual(["Only for the workshop"]);
    await bora.page.locator('[data-room="apart"] .badge').getByText("1").waitFor();
    await bora.goTo("apart");
    await bora.reads("Only for this room");
  });

  it("makes a new room that the others see, and that goes when it is left empty", async () => {
    const [ada, bora] = await enterTogether("creation");
    await ada.page.getByLabel("Name of a new room").fill("balcony");
    await ada.page.getByRole("button", { name: "Create the room" }).click();
    await bora.page.locator('[data-room="balcony"]').waitFor();
    await ada.page.getByRole("button", { name: "Leave balcony" }).click();
    await bora.page.locator('[data-room="balcony"]').waitFor({ state: "detached" });
  });

  it("offers to try again when the server does not answer in time, and keeps the message once", async () => {
    const [ada, bora] = await enterTogether("silence");
    let dropped = 0;
    for (const socket of demo.chat.io.sockets.sockets.values()) {
      socket.use(([event], next) => {
        if (event === "message" && dropped++ === 0) next(new Error("the test keeps this one"));
        else next();
      });
    }
    await ada.page.clock.install();
    await ada.say("Hello?");
    await expect.poll(() => dropped).toBe(1);
    await ada.page.clock.fastForward(6000);
    await ada.sees("Hello?", "failed");
    await ada.page.getByRole("button", { name: "Try again" }).click();
    await bora.reads("Hello?");
    await ada.sees("Hello?", "delivered");
    expect(await bora.rows("Hello?").count()).toBe(1);
  });

  it("refuses a name that is taken, and says so kindly", async () => {
    await enter("Ada", "names");
    const other = await open("names", "Ada names");
    await other.signIn("ada names");
    await other.page
      .getByRole("alert")
      .getByText("Somebody here is called ada names already. Choose another name.")
      .waitFor();
    await other.signIn("Ada the Second");
    await other.isOnline();
  });

  it("says what is wrong with a name that nobody could have", async () => {
    const ada = await open("nameless", "Ada");
    await ada.signIn("A\u202eda"); // which the page itself lets pass
    await ada.page
      .getByRole("alert")
      .getByText("A name has 1 to 24 visible characters. Choose another name.")
      .waitFor();
    await ada.signIn("Ada nameless");
    await ada.isOnline();
  });

  it("takes another name on the same connection, unless somebody has it", async () => {
    const [ada, bora] = await enterTogether("renaming");
    const id = socketOf(ada)?.id;
    await ada.page.getByRole("button", { name: "Change name" }).click();
    await ada.page.getByLabel("Your new name").fill(bora.name);
    await ada.page.getByLabel("Your new name").press("Enter");
    await ada.page.getByRole("alert").getByText(`Somebody here is called ${bora.name} already.`).waitFor();
    await ada.page.getByLabel("Your new name").fill("Adile");
    await ada.page.getByLabel("Your new name").press("Enter");
    await bora.person("Adile", "online").waitFor();
    await ada.say("Call me Adile");
    await bora.page.locator(".author").getByText("Adile").waitFor();
    expect(demo.chat.io.sockets.sockets.get(id!)?.data.name).toBe("Adile");
    await ada.page.reload();
    await ada.person("Adile", "online").waitFor();
  });

  it("keeps several windows of one person in step", async () => {
    const [ada, bora] = await enterTogether("windows");
    const second = await ada.openAnother();
    await second.person(ada.name, "online").waitFor();
    expect(await bora.page.locator(`[data-person="${ada.name}"]`).count()).toBe(1);
    await ada.say("From the first window");
    await second.reads("From the first window");
    await second.sees("From the first window", "delivered");
    await second.goTo("tea house");
    await bora.say("To both");
    await ada.reads("To both");
    await second.page.locator('[data-room="windows"] .badge').waitFor({ state: "detached" });
    await second.page.getByRole("button", { name: "Leave tea house" }).click();
    await ada.page.locator('[data-room="tea house"] [data-open="false"]').waitFor();
    await ada.page.close();
    expect(await bora.person(ada.name, "away").count()).toBe(0);
  });

  it("refuses a private room politely, and lets in whoever has its link", async () => {
    const [ada, bora] = await enterTogether("secrets");
    await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await ada.page.getByLabel("Name of a new room").fill("hideout");
    await ada.page.getByLabel("By invitation only").check();
    await ada.page.getByRole("button", { name: "Create the room" }).click();
    await ada.page.getByText("By invitation, just you").waitFor();
    await ada.page.getByRole("button", { name: "Share" }).click();
    await ada.isTold("The invitation is copied");
    const link = await ada.page.evaluate(() => navigator.clipboard.readText());

    await bora.page.evaluate(() => (location.hash = "hideout"));
    await bora.page
      .getByRole("alert")
      .getByText("hideout is by invitation: ask somebody inside for its link.")
      .waitFor();
    await bora.page.evaluate((hash) => (location.hash = hash), new URL(link).hash);
    await bora.page.getByText("By invitation, 2 people").waitFor();
    await bora.say("Found it");
    await ada.reads("Found it");
  });

  it("carries messages between two people alone, and counts them where the room is closed", async () => {
    const [ada, bora] = await enterTogether("direct");
    const cem = await enter("Cem", "direct");
    await ada.person(bora.name, "online").getByRole("button").click();
    await ada.page.getByText("Just the two of you, online").waitFor();
    await ada.say("Psst");
    await bora.page.locator(`[data-room="${ada.name}"] .badge`).getByText("1").waitFor();
    await bora.goTo(ada.name);
    await bora.reads("Psst");
    await ada.sees("Psst", "seen");
    await bora.say("What is it?");
    await ada.reads("What is it?");
    expect(await cem.page.locator(`[data-room="${ada.name}"]`).count()).toBe(0);
  });

  it("remembers what was unread over a reload", async () => {
    const [ada, bora] = await enterTogether("unread");
    await bora.goTo("workshop");
    await bora.page.locator('[data-room="unread"]').waitFor();
    await ada.say("One");
    await ada.say("Two");
    await bora.page.locator('[data-room="unread"] .badge').getByText("2").waitFor();
    await bora.page.reload();
    await bora.page.locator('[data-room="unread"] .badge').getByText("2").waitFor();
  });

  it("reconnects after the server drops the connection, and what was written meanwhile arrives once, in order", async () => {
    const [ada, bora] = await enterTogether("dropped");
    await ada.say("Before");
    await ada.sees("Before", "delivered");
    await cutOff(ada);
    await ada.page.locator('[data-connection="reconnecting"]').waitFor();
    await bora.person(ada.name, "online").waitFor({ state: "detached" });

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

  it("marks who has left their window alone", async () => {
    const [ada, bora] = await enterTogether("idleness");
    await bora.page.clock.install();
    await bora.page.mouse.move(5, 5);
    const before = socketOf(bora)?.conn;
    await bora.page.clock.fastForward(61_000);
    await ada.person(bora.name, "idle").waitFor();
    // To the client such a leap of the clock is a sleep, after which it connects anew.
    await until(
      () => ![before, undefined].includes(socketOf(bora)?.conn),
      "the client is back after its sleep",
    );
    await cutOff(bora);
    await ada.person(bora.name, "idle").waitFor({ state: "detached" });
    await bora.context.setOffline(false);
    await ada.person(bora.name, "idle").waitFor();
    await bora.page.mouse.move(50, 50);
    await ada.person(bora.name, "online").waitFor();
  });

  it("shows text as text, whatever is in it", async () => {
    const [ada, bora] = await enterTogether("markup");
    await ada.say("<img src=x onerror=alert(1)> & <b>bold</b>");
    await bora.reads("<b>bold</b>");
    expect(await bora.page.locator(".message img, .message b").count()).toBe(0);
  });

  /** Polling only, and each request takes a while. */
  async function slowDown({ context, page }: Visitor): Promise<void> {
    await context.routeWebSocket("**/*", (socket) => void socket.close());
    await context.route("**/socket.io/**", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await route.continue();
    });
    await page.reload();
    await page.locator('[data-connection="online"]').waitFor();
  }

  async function sizeOfPicture(visitor: Visitor): Promise<number> {
    const picture = visitor.page.locator(".picture img");
    await picture.waitFor();
    return picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));
  }

  async function bytesOfPicture(visitor: Visitor): Promise<number[]> {
    const picture = visitor.page.locator(".picture img");
    return picture.evaluate(async (image: HTMLImageElement) => {
      const answer = await fetch(image.src);
      return [...new Uint8Array(await answer.arrayBuffer())];
    });
  }
});
