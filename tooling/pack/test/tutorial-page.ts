/** The tutorial, followed to the letter with the packed packages. */
import { io, type Socket } from "@telsiz/client";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Newcomer } from "../src/newcomer.ts";

/** @param arrive somebody new to a page of the docs @param port of their servers */
export function tutorialPageTests(arrive: (page: string) => Newcomer, port: () => number): void {
  describe("somebody who follows the tutorial", { timeout: 120_000 }, () => {
    let newcomer: Newcomer;

    beforeAll(() => {
      newcomer = arrive("docs/tutorial.md");
      newcomer.follow("1. ");
    }, 120_000);
    afterEach(() => newcomer.interrupt());

    const startServer = (): Promise<unknown> => newcomer.open("$ npx tsx server.ts\nlistening");

    it("has a page with a client after five steps, and sends to everybody what one has sent", async () => {
      for (const step of [2, 3, 4, 5]) newcomer.follow(`${step}. `);
      await startServer();
      const url = `http://localhost:${port()}`;
      expect(await (await fetch(url)).text()).toContain('socket.emit("message", input.value)');
      expect((await fetch(`${url}/socket.io/socket.io.js`)).status).toBe(200);

      const [ada, grace] = [io(url), io(url, { forceNew: true })];
      await Promise.all([ada, grace].map((socket) => heard(socket, "connect")));
      const message = heard(grace, "message");
      ada.emit("message", "Hello");
      expect(await message).toEqual(["Hello"]);
      ada.disconnect();
      grace.disconnect();
    });

    it.each([
      [6, "answers who joins a room and who sends to it"],
      [7, "brings a client back after a cut"],
      [8, "keeps messages through a restart, each once"],
      [9, "refuses what does not fit the contract"],
    ])("sees what step %i shows: it %s", async (step) => {
      newcomer.follow(`${step}. `);
      for (const transcript of newcomer.blocks(`${step}. `, "console")) {
        await startServer();
        const client = await newcomer.open(transcript);
        await client.play();
        expect(client.shown).toEqual(client.transcript);
        expect(await client.leave()).toBe(0);
        await newcomer.interrupt();
      }
    });
  });
}

/** The arguments with which an event comes next. */
function heard(socket: Socket, event: string): Promise<unknown[]> {
  return new Promise((resolve) => socket.once(event, (...args: unknown[]) => resolve(args)));
}
