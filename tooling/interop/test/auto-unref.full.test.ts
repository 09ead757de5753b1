/** `autoUnref`: a client does not keep its process alive (api-surface.md 11). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { bounded } from "@telsiz/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { openMeeting } from "../src/meeting.ts";
import { ourServer } from "../src/peers.ts";

const PATIENCE_MS = 20_000;

/** Runs a program that connects, says when it has, and does nothing more. Resolves with what it said, when it ended. */
async function run(client: string, address: string, options: object, event: string): Promise<string> {
  const program = `
    import { io } from ${JSON.stringify(client)};
    const socket = io(${JSON.stringify(address)}, ${JSON.stringify({ autoUnref: true, ...options })});
    const hold = setTimeout(() => {}, ${PATIENCE_MS});
    socket.on(${JSON.stringify(event)}, () => {
      console.log(${JSON.stringify(event)});
      clearTimeout(hold);
    });`;
  const flags = ["--conditions=@telsiz/source", "--import", "tsx", "--input-type=module", "--eval", program];
  const child = spawn(process.execPath, flags, { cwd: import.meta.dirname });
  onTestFinished(() => void child.kill());
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await bounded(once(child, "exit"), "the process to end", PATIENCE_MS);
  return said.trim();
}

describe.each(["socket.io-client", "@telsiz/client"])(
  "a process with %s and autoUnref",
  (client) => {
    it.each(["polling", "websocket"])("ends though the client is connected over %s", async (transport) => {
      const meeting = await openMeeting(ourServer);
      onTestFinished(() => meeting.close());
      expect(await run(client, meeting.url, { transports: [transport] }, "connect")).toBe("connect");
    });

    it("ends though the client tries to connect again and again", async () => {
      const meeting = await openMeeting(ourServer);
      await meeting.close();
      expect(await run(client, meeting.url, { reconnectionDelay: 60_000 }, "connect_error")).toBe(
        "connect_error",
      );
    });
  },
  2 * PATIENCE_MS,
);
