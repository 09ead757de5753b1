/** Applications written for Socket.IO run on Telsiz when their imports are changed, and nothing else. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { changeImports, copyWithImports, TO_TELSIZ } from "../src/imports.ts";
import { chatScenario } from "./chat-scenario.ts";
import { privateMessagingScenario } from "./private-messaging-scenario.ts";

const root = join(import.meta.dirname, "..");
const originals = join(root, "src");
const migrated = join(root, ".cache/migrated");
const applications = ["chat", "private-messaging", "typed-program"];

beforeAll(() => {
  for (const name of applications) copyWithImports(join(originals, name), join(migrated, name), TO_TELSIZ);
});

/** Which copy of an application each side is taken from. */
const SIDES = [
  ["on the stock packages", originals, originals],
  ["with both imports changed", migrated, migrated],
  ["with the server's import changed", migrated, originals],
  ["with the client's import changed", originals, migrated],
] as const;

describe.each(SIDES)("the chat %s", (_how, server, client) => {
  chatScenario(async () => ({
    server: (await import(join(server, "chat/server.ts"))) as never,
    client: (await import(join(client, "chat/client.ts"))) as never,
  }));
});

describe.each(SIDES)("the messenger %s", (_how, server, client) => {
  privateMessagingScenario(async () => ({
    server: (await import(join(server, "private-messaging/server.ts"))) as never,
    client: (await import(join(client, "private-messaging/client.ts"))) as never,
  }));
});

describe.each(applications)("%s, moved over", (name) => {
  it.each(["server.ts", "client.ts"])("differs in one line of %s", (file) => {
    const [before, after] = [originals, migrated].map((folder) =>
      readFileSync(join(folder, name, file), "utf8").split("\n"),
    ) as [string[], string[]];
    const changed = after.filter((line, index) => line !== before[index]);
    expect(changed).toEqual([expect.stringMatching(/^(import .+|\}) from "@telsiz\/(server|client)";$/)]);
    expect(after.length).toBe(before.length);
  });

  it("differs in no other file", () => {
    const others = readdirSync(join(originals, name)).filter((file) => !/^(server|client)\.ts$/.test(file));
    for (const file of others) {
      const source = readFileSync(join(originals, name, file), "utf8");
      expect(changeImports(source, TO_TELSIZ)).toBe(source);
    }
  });
});

describe("the chat of CommonJS, which calls what it requires", () => {
  const folder = join(originals, "commonjs-chat");

  // Moved over, it runs on the packed packages (tooling/pack): what is required of sources cannot be called.
  it("has its evening on the stock packages", () => {
    execFileSync(process.execPath, ["evening.cjs"], { cwd: folder, stdio: ["ignore", "inherit", "pipe"] });
  });

  it.each([
    ["server.cjs", 'require("@telsiz/server")(httpServer, {'],
    ["client.cjs", 'const io = require("@telsiz/client");'],
    ["evening.cjs", undefined],
  ])("differs in what is required by %s alone, moved over", (file, line) => {
    const source = readFileSync(join(folder, file), "utf8");
    const before = source.split("\n");
    const after = changeImports(source, TO_TELSIZ).split("\n");
    const changed = after.filter((text, index) => text !== before[index]);
    expect(changed).toEqual(line === undefined ? [] : [expect.stringContaining(line)]);
  });
});

describe("the types", () => {
  const compile = (folder: string): string => {
    const project = join(migrated, "tsconfig.json");
    const compilerOptions = { strict: true, noEmit: true, customConditions: ["@telsiz/source"] };
    const files = applications.flatMap((name) =>
      ["server.ts", "client.ts"].map((file) => join(folder, name, file)),
    );
    writeFileSync(
      project,
      JSON.stringify({ extends: "../../../../tsconfig.base.json", compilerOptions, files }),
    );
    const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
    return execFileSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
  };

  it.each([
    ["on the stock packages", originals],
    ["with the imports changed", migrated],
  ])("hold %s", (_how, folder) => {
    expect(compile(folder)).toBe("");
  });
});
