/** The chat of docs/contracts.md runs. That its code compiles is for the tests of all pages to see. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Workshop } from "../src/compiler.ts";
import { snippet } from "../src/docs-page.ts";

const tsx = fileURLToPath(new URL("../../../node_modules/tsx/dist/loader.mjs", import.meta.url));
const run = promisify(execFile);
const workshop = new Workshop();
const { directory } = workshop;

beforeAll(() => {
  for (const title of ["contract.ts", "server.ts", "client.ts"]) workshop.write(title, snippet(title));
});

afterAll(() => workshop.close());

it("runs: two people talk, one is muted, one is refused", async () => {
  const port = await freePort();
  const environment = { ...process.env, PORT: String(port), CHAT_URL: `http://127.0.0.1:${port}` };
  const loader = ["--conditions=@telsiz/source", "--import", tsx];
  const server = spawn(process.execPath, [...loader, "server.ts"], { cwd: directory, env: environment });
  const client = async (name: string): Promise<string> =>
    (
      await run(process.execPath, [...loader, "client.ts"], {
        cwd: directory,
        env: { ...environment, NAME: name },
        timeout: 30_000,
      })
    ).stdout;
  try {
    expect(await client("Ada")).toContain("sent as number 1\n");
    expect(await client("Mallory")).toContain("muted for 60 seconds\n");
  } finally {
    server.kill();
    await once(server, "exit");
  }
}, 90_000);

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
