/** The code of docs/contracts.md compiles, and its chat runs. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Workshop } from "../src/compiler.ts";
import { snippet, snippets } from "../src/docs-page.ts";

const tsx = fileURLToPath(new URL("../../../node_modules/tsx/dist/loader.mjs", import.meta.url));
const run = promisify(execFile);
const workshop = new Workshop();
const { directory } = workshop;

/** What the snippets that show one thing take for granted. */
const GIVEN = `
import { io as connect, Manager } from "@telsiz/client";
import { AckError, defineContract } from "@telsiz/events";
import { Server } from "@telsiz/server";
import { chat } from "./contract.ts";
const adminContract = defineContract({ serverToClient: { hello: {} } });
const onServer = new Server({ contract: chat });
const onClient = () => connect({ contract: chat, auth: { name: "Ada" } });
declare const http: import("node:http").Server;
declare const manager: Manager;
declare const log: { info(fields: object): void };
declare const isAllowed: (text: string, options: { signal: AbortSignal }) => Promise<boolean>;
`;

/** The names that mean one thing on the server and another on the client. */
function sidesOf(code: string): string {
  const handles = code.includes("socket.handle(");
  const io = /\bio\(/.test(code) ? "const io = connect;" : "declare const io: typeof onServer;";
  const socket = handles
    ? "declare const socket: Parameters<Parameters<typeof onServer.use>[0]>[0];"
    : "declare const socket: ReturnType<typeof onClient>;";
  return `${io}\n${socket}`;
}

beforeAll(() => {
  for (const title of ["contract.ts", "server.ts", "client.ts"]) workshop.write(title, snippet(title));
});

afterAll(() => workshop.close());

it("compiles", async () => {
  const untitled = snippets.filter(({ language, title }) => language === "ts" && title === undefined);
  expect(untitled.length).toBeGreaterThan(4);
  untitled.forEach(({ code }, index) => {
    const program = code.includes("import ") ? code : `${GIVEN}${sidesOf(code)}\n{\n${code}\n}`;
    workshop.write(`snippet-${index}.ts`, `${program}\nexport {};\n`);
  });
  expect(await workshop.compile()).toBe("");
}, 60_000);

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
