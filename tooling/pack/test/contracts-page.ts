/** The docs from nothing to a typed, validated chat, followed to the letter with the packed packages. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Newcomer } from "../src/newcomer.ts";

const SECTION = "A typed, validated chat in ten minutes";

/** @param arrive somebody new to a page of the docs */
export function contractsPageTests(arrive: (page: string) => Newcomer): void {
  describe("somebody who follows the docs to a typed, validated chat", { timeout: 120_000 }, () => {
    let newcomer: Newcomer;

    beforeAll(() => {
      newcomer = arrive("docs/contracts.md");
      newcomer.follow(SECTION); // which compiles the files, too
    }, 120_000);
    afterEach(() => newcomer.interrupt());

    it("reads there what the compiler says of what does not fit", () => {
      const [message] = newcomer.blocks(SECTION, "text");
      newcomer.edit("client.ts", '"message:send", line', '"message:send", 42');
      expect(() => newcomer.type("npx tsc")).toThrow(message);
      newcomer.edit("client.ts", '"message:send", 42', '"message:send", line');
    });

    it("sees what the page shows: two people talk, one is muted, one does not get in", async () => {
      const [forServer, forAda, forGrace, ...forOthers] = newcomer.blocks(SECTION, "console");
      const server = await newcomer.open(forServer!);
      const ada = await newcomer.open(forAda!);
      const grace = await newcomer.open(forGrace!);
      await Promise.all([ada.play(), grace.play()]);
      const others = await Promise.all(forOthers.map((transcript) => newcomer.open(transcript)));
      await Promise.all(others.map((terminal) => terminal.play()));

      // A client that gets an answer and a message at once may tell of either first.
      for (const { shown, transcript } of [server, ada, grace, ...others])
        expect(shown.toSorted()).toEqual(transcript.toSorted());
      expect(await Promise.all([ada, grace, ...others].map((terminal) => terminal.leave()))).toEqual([
        0, 0, 0, 1,
      ]);
    });
  });
}
