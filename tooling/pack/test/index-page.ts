/** The start in 60 seconds, in each language, followed to the letter with the packed packages. */
import { io } from "@telsiz/client";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Newcomer } from "../src/newcomer.ts";

/** @param arrive somebody new to a page of the docs @param port of their servers */
export function indexPageTests(arrive: (page: string) => Newcomer, port: () => number): void {
  describe.each([
    ["docs/index.md", "A start in 60 seconds"],
    ["docs/tr/index.md", "60 saniyede başlangıç"],
  ])("somebody who starts with %s", { timeout: 120_000 }, (page, section) => {
    let newcomer: Newcomer;

    beforeAll(() => {
      newcomer = arrive(page);
      newcomer.follow(section);
      for (const file of ["server.mts", "client.mts"]) newcomer.edit(file, "3000", String(port()));
    }, 120_000);
    afterEach(() => newcomer.interrupt());

    it("sees two clients greeted", async () => {
      const [forServer, forAda, forGrace] = newcomer.blocks(section, "console");
      await newcomer.open(forServer!);
      await listening();
      const ada = await newcomer.open(forAda!);
      const grace = await newcomer.open(forGrace!);
      await ada.play();
      for (const { shown, transcript } of [ada, grace]) expect(shown).toEqual(transcript);
    });

    /** The server of the page says nothing: a client tries until it is there. */
    async function listening(): Promise<void> {
      const socket = io(`http://localhost:${port()}`, { reconnectionDelayMax: 100, forceNew: true });
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      socket.disconnect();
    }
  });
}
