import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ESLint } from "eslint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { config } from "../index.js";
import { packageGraph } from "../package-graph.js";

const root = join(import.meta.dirname, "../../..");

/** The rules about borders and docstrings need no types, and made-up files are in no program. */
function linter(rootDir: string): ESLint {
  return new ESLint({
    cwd: rootDir,
    overrideConfigFile: true,
    baseConfig: config(rootDir),
    overrideConfig: { languageOptions: { parserOptions: { project: null } } },
    ruleFilter: ({ ruleId }) => /^(telsiz|import-x|jsdoc)\/|^no-restricted-/.test(ruleId),
  });
}

const repository = linter(root);

/** The rules that `code` breaks when it stands in the file `path`, each once. */
async function rulesBroken(path: string, code: string, eslint: ESLint = repository): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path });
  if (result === undefined) throw new Error(`${path} is not linted`);
  const fatal = result.messages.find((message) => message.fatal);
  if (fatal) throw new Error(fatal.message);
  return [...new Set(result.messages.map((message) => message.ruleId ?? ""))];
}

describe("between packages", () => {
  it.each([
    ["server", "@telsiz/engine/server"],
    ["server", "@telsiz/socket"],
    ["client", "@telsiz/engine/client"],
    ["engine", "@telsiz/events"],
    ["adapter", "@telsiz/parser"],
    ["cluster", "@telsiz/adapter"],
  ])("%s may import %s", async (name, specifier) => {
    const code = `import { x } from "${specifier}";\nx();\n`;
    expect(await rulesBroken(`packages/${name}/src/made-up.ts`, code)).toEqual([]);
  });

  it.each([
    ["events", "@telsiz/parser"],
    ["parser", "@telsiz/events"],
    ["parser", "@telsiz/parser"],
    ["socket", "@telsiz/server"],
    ["adapter", "@telsiz/socket"],
    ["cluster", "@telsiz/server"],
    ["engine", "@telsiz/parser"],
    ["server", "@telsiz/engine/client"],
    ["server", "@telsiz/engine"],
    ["server", "@telsiz/client"],
    ["client", "@telsiz/engine/server"],
    ["client", "@telsiz/parser/src/encode.ts"],
    ["client", "@telsiz/testkit"],
  ])("%s may not import %s", async (name, specifier) => {
    const code = `import { x } from "${specifier}";\nx();\n`;
    expect(await rulesBroken(`packages/${name}/src/made-up.ts`, code)).toContain("no-restricted-imports");
  });

  it.each([
    ["packages/server/src/namespace.ts", "./compat.ts"],
    ["packages/parser/src/encode.ts", "./emitter-compat.ts"],
    ["packages/engine/src/server/made-up.ts", "../compat.ts"],
  ])("%s may not import %s, which is there for foreign code", async (path, specifier) => {
    expect(await rulesBroken(path, `import { x } from "${specifier}";\nx();\n`)).toContain(
      "no-restricted-imports",
    );
  });

  it.each([
    ["packages/server/src/server.ts", "./compat.ts"],
    ["packages/parser/src/as-parser.ts", "./emitter-compat.ts"],
    ["packages/events/src/index.ts", "./compat.ts"],
  ])("%s may import %s", async (path, specifier) => {
    const broken = await rulesBroken(path, `import { x } from "${specifier}";\nx();\n`);
    expect(broken.filter((rule) => rule.startsWith("no-restricted"))).toEqual([]);
  });

  it("the members of Socket.IO that foreign code touches are not touched", async () => {
    const code = "/** X. @param x it */\nexport const f = (x: any): void => x.writeToEngine([]);\n";
    expect(await rulesBroken("packages/server/src/namespace.ts", code)).toContain("no-restricted-syntax");
  });

  it.each([
    ["a type", `import type { X } from "@telsiz/server";\nlet x: X;\n`, "no-restricted-imports"],
    ["a re-export", `export { x } from "@telsiz/server";\n`, "no-restricted-imports"],
    ["import()", `await import("@telsiz/server");\n`, "no-restricted-syntax"],
    ["require()", `require("@telsiz/server");\n`, "no-restricted-syntax"],
    ["import().Type", `let x: import("@telsiz/server").X;\n`, "no-restricted-syntax"],
  ])("an arrow that turns back is found in %s", async (_form, code, rule) => {
    expect(await rulesBroken("packages/socket/src/made-up.ts", code)).toContain(rule);
  });

  it("a relative path does not lead into another package", async () => {
    const code = `import { x } from "../../parser/src/index.ts";\nx();\n`;
    expect(await rulesBroken("packages/server/src/made-up.ts", code)).toEqual([
      "import-x/no-relative-packages",
    ]);
    expect(await rulesBroken("packages/server/test/made-up.test.ts", code)).toEqual([
      "import-x/no-relative-packages",
    ]);
  });

  it.each(["socket.io", "socket.io-parser", "engine.io-client", "engine.io/lib/socket.js"])(
    "%s is no part of a package, but may be a peer in its tests",
    async (specifier) => {
      const code = `import { x } from "${specifier}";\nx();\n`;
      expect(await rulesBroken("packages/parser/src/made-up.ts", code)).toContain("no-restricted-imports");
      expect(await rulesBroken("packages/parser/test/made-up.test.ts", code)).toEqual([]);
    },
  );

  it("a package that is not among the dependencies is not imported", async () => {
    const code = `import { x } from "vitest";\nx();\n`;
    expect(await rulesBroken("packages/parser/src/made-up.ts", code)).toEqual([
      "import-x/no-extraneous-dependencies",
    ]);
  });

  it("every package has its arrows, and they are its dependencies", () => {
    const names = readdirSync(join(root, "packages"));
    expect(Object.keys(packageGraph).sort()).toEqual(names.sort());
    for (const name of names) {
      const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as {
        dependencies?: Record<string, string>;
      };
      const declared = Object.keys(manifest.dependencies ?? {}).filter((each) => each.startsWith("@telsiz/"));
      const drawn =
        packageGraph[name]?.map((entry) => entry.replace(/\/.*/, "")).filter((each) => each !== name) ?? [];
      expect(declared.sort(), name).toEqual([...new Set(drawn)].map((each) => `@telsiz/${each}`).sort());
    }
  });
});

describe("between files", () => {
  // These rules read what is imported, so it has to exist: in a repository of its own.
  const scratch = mkdtempSync(join(tmpdir(), "telsiz-lint-"));
  const eslint = linter(scratch);
  const write = (path: string, code: string): void => {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), code);
  };

  beforeAll(() => {
    write("tsconfig.json", `{ "compilerOptions": { "module": "nodenext" } }`);
    write("package.json", `{ "name": "scratch" }`);
    for (const part of ["shared", "server", "client"])
      write(`packages/engine/src/${part}/x.ts`, "export type x = 1;\n");
  });
  afterAll(() => {
    rmSync(scratch, { recursive: true });
  });

  it.each([
    ["server", "shared", []],
    ["client", "shared", []],
    ["shared", "server", ["import-x/no-restricted-paths"]],
    ["shared", "client", ["import-x/no-restricted-paths"]],
    ["server", "client", ["import-x/no-restricted-paths"]],
    ["client", "server", ["import-x/no-restricted-paths"]],
  ])("engine/%s imports engine/%s, and breaks %j", async (from, to, broken) => {
    const code = `import type { x } from "../${to}/x.ts";\nlet y: x;\n`;
    expect(await rulesBroken(`packages/engine/src/${from}/y.ts`, code, eslint)).toEqual(broken);
  });

  it("a cycle is found over several files, where every import is of a type", async () => {
    write(
      "packages/parser/src/b.ts",
      `import type { C } from "./c.ts";\ninterface B { c: C }\nexport type { B };\n`,
    );
    write("packages/parser/src/c.ts", `export type { A as C } from "./a.ts";\n`);
    const code = `import type { B } from "./b.ts";\nlet b: B;\n`;
    expect(await rulesBroken("packages/parser/src/a.ts", code, eslint)).toEqual(["telsiz/no-cycle"]);
  });

  it("a cycle is found in inline types, and in a file that imports itself", async () => {
    write("packages/parser/src/e.ts", `import { type D } from "./d.ts";\nlet d: D;\n`);
    const pair = `import { type E } from "./e.ts";\nlet e: E;\n`;
    const alone = `import type { F } from "./f.ts";\nlet f: F;\n`;
    expect(await rulesBroken("packages/parser/src/d.ts", pair, eslint)).toEqual(["telsiz/no-cycle"]);
    expect(await rulesBroken("packages/parser/src/f.ts", alone, eslint)).toEqual(["telsiz/no-cycle"]);
  });

  it("two ways to the same file are no cycle", async () => {
    write("packages/parser/src/h.ts", `import "./j.ts";\n`);
    write("packages/parser/src/i.ts", `import "./j.ts";\n`);
    write("packages/parser/src/j.ts", ``);
    const code = `import "./h.ts";\nimport "./i.ts";\n`;
    expect(await rulesBroken("packages/parser/src/g.ts", code, eslint)).toEqual([]);
  });
});

describe("platforms", () => {
  const portable = ["events/src", "parser/src", "socket/src", "adapter/src", "engine/src/shared"];

  it.each(portable)("%s names no global of Node.js or of the DOM", async (folder) => {
    const file = `packages/${folder}/made-up.ts`;
    const taken = [
      "Buffer",
      "process",
      "window",
      "document",
      "WebSocket",
      "fetch",
      "console",
      "localStorage",
      "setImmediate",
    ];
    for (const name of taken) {
      expect(await rulesBroken(file, `${name}.x();\n`), name).toEqual(["no-restricted-globals"]);
      expect(await rulesBroken(file, `globalThis.${name}.x();\n`), name).toEqual(["no-restricted-globals"]);
    }
    expect(await rulesBroken(file, `let timer: NodeJS.Timeout;\n`)).toEqual(["no-restricted-syntax"]);
    expect(await rulesBroken(file, `let data: Buffer;\n`)).toEqual(["no-restricted-syntax"]);
  });

  it.each(portable)("%s has the language, timers, and text and binary types", async (folder) => {
    const code = `setTimeout(() => new TextEncoder().encode("x"), 1);\nnew Map();\nnew Blob([new Uint8Array(1)]);\n`;
    expect(await rulesBroken(`packages/${folder}/made-up.ts`, code)).toEqual([]);
  });

  it.each([...portable, "client/src", "engine/src/client"])(
    "%s imports no module of Node.js",
    async (folder) => {
      const file = `packages/${folder}/made-up.ts`;
      expect(await rulesBroken(file, `import "node:fs";\n`)).toContain("no-restricted-imports");
      expect(await rulesBroken(file, `import "events";\n`)).toContain("no-restricted-imports");
      expect(await rulesBroken(file, `await import("node:fs/promises");\n`)).toContain(
        "no-restricted-syntax",
      );
    },
  );

  it.each(["client/src", "engine/src/client"])(
    "%s may name the DOM, and Node.js only in platform/",
    async (folder) => {
      const code = `process.nextTick(() => Buffer.alloc(1));\n`;
      expect(await rulesBroken(`packages/${folder}/made-up.ts`, `document.title = "x";\n`)).toEqual([]);
      expect(await rulesBroken(`packages/${folder}/made-up.ts`, code)).toEqual(["no-restricted-globals"]);
      expect(await rulesBroken(`packages/${folder}/platform/made-up.ts`, code)).toEqual([]);
      expect(await rulesBroken(`packages/${folder}/websocket-node.ts`, code)).toEqual([]);
      expect(await rulesBroken(`packages/${folder}/platform/made-up.ts`, `import "node:fs";\n`)).toEqual([]);
    },
  );

  it("the server may use Node.js", async () => {
    const code = `import "node:fs";\nprocess.nextTick(() => Buffer.alloc(1));\n`;
    expect(await rulesBroken("packages/server/src/made-up.ts", code)).toEqual([]);
    expect(await rulesBroken("packages/engine/src/server/made-up.ts", code)).toEqual([]);
  });
});

describe("docstrings", () => {
  it.each([
    "export function f(): void {}",
    "export class C {}",
    "export interface I { x: number }",
    "export type T = number;",
    "export const LIMIT: number = 1;",
    "function g(): void {}\nexport { g };",
  ])("are demanded of %j", async (code) => {
    const documented = `/** What it is. */\n${code}\n`;
    expect(await rulesBroken("packages/parser/src/made-up.ts", `${code}\n`)).toEqual(["jsdoc/require-jsdoc"]);
    expect(await rulesBroken("packages/parser/src/made-up.ts", documented)).toEqual([]);
  });

  it("are not demanded of what stays inside, nor in tests", async () => {
    const inside = `function f(): void {}\nconst limit = 1;\nf();\nlimit.toFixed();\n`;
    expect(await rulesBroken("packages/parser/src/made-up.ts", inside)).toEqual([]);
    expect(await rulesBroken("packages/parser/test/made-up.ts", "export function f(): void {}\n")).toEqual(
      [],
    );
  });
});
