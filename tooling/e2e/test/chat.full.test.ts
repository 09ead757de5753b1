import { afterEach, describe, expect, it } from "vitest";
import { noChromium } from "../src/chromium.ts";
import { openDemo } from "../src/demo.ts";
import { Visitor } from "../src/visitor.ts";

/** One green dot. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe.skipIf(noChromium)("two windows in the chat", { timeout: 20_000 }, () => {
  const demo = openDemo();
  const visitors: Visitor[] = [];

  afterEach(async () => {
    const leaving = visitors.splice(0);
    await Promise.all(leaving.map(({ context }) => context.close()));
    expect(leaving.flatMap(({ errors }) => errors)).toEqual([]);
  });

  /** Each test has a room of its own, and names: the server may not know yet that those of the last one have left. */
  async function enter(name: string, room: string): Promise<Visitor> {
    const visitor = await Visitor.enter(demo.browser, `${demo.chat.url}/#${room}`, `${name} ${room}`);
    visitors.push(visitor);
    return visitor;
  }
  async function enterTogether(room: string): Promise<[ada: Visitor, bora: Visitor]> {
    const [ada, bora] = await Promise.all([enter("Ada", room), enter("Bora", room)]);
    await ada.person(bora.name, "online").waitFor();
    await bora.person(ada.name, "online").waitFor();
    return [ada, bora];
  }
  /** Ends a visitor's connection from the server's side, as a broken line would. */
  function dropConnectionOf({ name }: Visitor): void {
    for (const socket of demo.chat.io.sockets.sockets.values()) {
      if (socket.data.name === name) socket.conn.close();
    }
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
    await ada.page
      .locator("input[type=file]")
      .setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: PNG });
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

  it("has the history after a reload, pictures included, under the same name", async () => {
    const [ada, bora] = await enterTogether("history");
    await ada.page
      .locator("input[type=file]")
      .setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: PNG });
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

  it("reconnects after the server drops the connection, and what was written meanwhile arrives once, in order", async () => {
    const [ada, bora] = await enterTogether("dropped");
    await ada.say("Before");
    await ada.sees("Before", "delivered");
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
    const all = ["Before", "Meanwhile", "While away, one", "While away, two"];
    expect(await bora.texts()).toEqual(all);
    expect(await ada.texts()).toEqual(all);
    await bora.page.reload();
    await bora.reads("While away, two");
    expect(await bora.texts()).toEqual(all);
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
    const other = await Visitor.open(demo.browser, `${demo.chat.url}/#names`, "Ada names");
    visitors.push(other);
    await other.signIn("ada names");
    await other.page
      .getByRole("alert")
      .getByText("Somebody here is called ada names already. Choose another name.")
      .waitFor();
    await other.signIn("Ada the Second");
    await other.isOnline();
  });

  it("shows text as text, whatever is in it", async () => {
    const [ada, bora] = await enterTogether("markup");
    await ada.say("<img src=x onerror=alert(1)> & <b>bold</b>");
    await bora.reads("<b>bold</b>");
    expect(await bora.page.locator(".message img, .message b").count()).toBe(0);
  });

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
