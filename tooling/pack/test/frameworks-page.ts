/** The docs' page on HTTP frameworks: what it says of NestJS, followed to the letter with the packed packages. */
import { io, type Socket } from "@telsiz/client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Newcomer } from "../src/newcomer.ts";
import type { Terminal } from "../src/terminal.ts";

const SECTION = "NestJS";

/** @param arrive somebody new to a page of the docs @param port of their servers */
export function frameworksPageTests(arrive: (page: string) => Newcomer, port: () => number): void {
  describe("somebody who follows the docs to gateways of NestJS", { timeout: 120_000 }, () => {
    const clients: Socket[] = [];
    let newcomer: Newcomer;
    let server: Terminal;

    beforeAll(async () => {
      newcomer = arrive("docs/frameworks.md");
      newcomer.type("npm init -y");
      newcomer.type("npm pkg set type=module");
      newcomer.type("npm install --save-dev typescript-6.0 @types/node");
      newcomer.follow(SECTION);
      newcomer.type("npx tsc");
      server = await newcomer.open("$ node dist/main.js\nlistening");
    }, 180_000);
    afterEach(() => {
      for (const client of clients.splice(0)) client.disconnect();
    });
    afterAll(() => newcomer.interrupt());

    /** A client of the gateway, connected. */
    async function join(): Promise<Socket> {
      const client = io(`http://localhost:${port()}/chat`, { forceNew: true });
      clients.push(client);
      await new Promise<void>((resolve) => client.once("connect", resolve));
      return client;
    }

    it("hears that the server listens", () => {
      expect(server.shown).toEqual(["listening"]);
    });

    it("is answered by an acknowledgement, and heard by the others", async () => {
      const [ada, grace] = [await join(), await join()];
      const heard = new Promise((resolve) => grace.once("said", resolve));
      expect(await ada.emitWithAck("say", "merhaba")).toBe(7);
      expect(await heard).toBe("merhaba");
    });

    it("is answered by an event where a handler returns one", async () => {
      const ada = await join();
      const answer = new Promise((resolve) => ada.once("you", resolve));
      ada.emit("who");
      expect(await answer).toBe(ada.id);
    });

    it("is told of an exception", async () => {
      const ada = await join();
      const told = new Promise((resolve) => ada.once("exception", resolve));
      ada.emit("say", "");
      expect(await told).toMatchObject({ status: "error", message: "There is nothing to say." });
    });
  });
}
