import { describe, expect, it } from "vitest";
import { noChromium } from "../src/chromium.ts";
import { openDemo, visit } from "../src/demo.ts";

describe.skipIf(noChromium)("the page with a script tag", { timeout: 20_000 }, () => {
  const demo = openDemo();
  const { enter } = visit(demo);

  it("chats with the bundled page", async () => {
    const bundled = await enter("Bundled", "mixed");
    const plain = await demo.browser.newPage();
    await plain.goto(`${demo.chat.url}/plain.html?room=mixed&name=Plain`);
    await bundled.person("Plain", "online").waitFor();

    await plain.getByLabel("Message").fill("From a script tag");
    await plain.getByRole("button", { name: "Send" }).click();
    await bundled.reads("From a script tag");

    await bundled.say("From a bundle");
    await bundled.sees("From a bundle", "delivered");
    expect(await plain.locator("li").allTextContents()).toEqual([
      `${bundled.name}: From a bundle`,
      "Plain: From a script tag",
    ]);
    expect(bundled.errors).toEqual([]);
  });

  it("says why it is turned down, without the contract", async () => {
    const plain = await demo.browser.newPage();
    await plain.goto(`${demo.chat.url}/plain.html?name=${"x".repeat(25)}`);
    await plain.getByText("Telsiz: A name has 1 to 24 visible characters.").waitFor();
    await plain.goto(`${demo.chat.url}/plain.html?name=Curious&room=${encodeURIComponent("<b>")}`);
    await plain.getByText("Telsiz: A room's name has 1 to 32 letters, digits, spaces or dashes.").waitFor();
  });

  it("loads nothing from elsewhere", async () => {
    const page = await demo.browser.newPage();
    const origins = new Set<string>();
    page.on("request", (request) => origins.add(new URL(request.url()).origin));
    for (const path of ["/", "/tour", "/plain.html"]) {
      await page.goto(demo.chat.url + path, { waitUntil: "load" });
    }
    origins.delete("null"); // data: and blob:
    expect([...origins]).toEqual([demo.chat.url]);
  });
});
