/** The section of the docs from nothing to a typed, validated chat, followed to the letter with the packed packages. */
import { join } from "node:path";
import { openHttpPort } from "@telsiz/testkit";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Newcomer } from "../src/newcomer.ts";
import type { Tarball } from "../src/tarballs.ts";
import type { Terminal } from "../src/terminal.ts";

/** @param tarballs what there is to install, once the tests run */
export function newcomerTests(scratch: string, tarballs: () => readonly Tarball[]): void {
  describe("somebody who follows the docs to a typed, validated chat", { timeout: 120_000 }, () => {
    let newcomer: Newcomer;
    let port: number;
    const terminals: Terminal[] = [];

    beforeAll(async () => {
      newcomer = new Newcomer(
        join(scratch, "chat"),
        "docs/contracts.md",
        "A typed, validated chat in ten minutes",
        tarballs(),
      );
      newcomer.follow(); // which compiles the files, too
      const free = await openHttpPort();
      port = free.port;
      await free.close();
    }, 120_000);
    afterEach(async () => {
      await Promise.all(terminals.splice(0).map((terminal) => terminal.interrupt()));
    });

    /** Opens a terminal for a command of the page, and waits for the first line that it shows. */
    async function open(command: string): Promise<Terminal> {
      const terminal = newcomer.open(command, port);
      terminals.push(terminal);
      await terminal.play(1);
      return terminal;
    }

    it("reads there what the compiler says of what does not fit", () => {
      newcomer.edit("client.ts", '"message:send", line', '"message:send", 42');
      expect(() => newcomer.type("npx tsc")).toThrow(newcomer.text);
      newcomer.edit("client.ts", '"message:send", 42', '"message:send", line');
    });

    it("sees what the page shows: two people talk, one is muted, one does not get in", async () => {
      const server = await open("npx tsx server.ts");
      const ada = await open("npx tsx client.ts Ada");
      const grace = await open("npx tsx client.ts Grace");
      await Promise.all([ada.play(), grace.play()]);
      const mallory = await open("npx tsx client.ts Mallory");
      await mallory.play();
      const stranger = await open('npx tsx client.ts "Somebody of too many letters"');

      // A client that gets an answer and a message at once may tell of either first.
      for (const { shown, transcript } of [server, ada, grace, mallory, stranger])
        expect(shown.toSorted()).toEqual(transcript.toSorted());
      expect(await Promise.all([ada, grace, mallory, stranger].map((terminal) => terminal.leave()))).toEqual([
        0, 0, 0, 1,
      ]);
    });
  });
}
