import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BUNDLERS } from "../src/bundlers.ts";
import { openHttpPort } from "@telsiz/testkit";
import { Newcomer } from "../src/newcomer.ts";
import { installAll, packAll, readManifest, run, type Tarball } from "../src/tarballs.ts";
import { contractsPageTests } from "./contracts-page.ts";
import { frameworksPageTests } from "./frameworks-page.ts";
import { indexPageTests } from "./index-page.ts";
import { tutorialPageTests } from "./tutorial-page.ts";

const require = createRequire(import.meta.url);
const binary = (name: string, path: string): string =>
  join(dirname(require.resolve(`${name}/package.json`)), path);
const attw = binary("@arethetypeswrong/cli", "dist/index.js");
const tsc = binary("typescript", "bin/tsc");

const root = join(import.meta.dirname, "../../..");
const fixtures = join(import.meta.dirname, "../fixtures");
const published = readdirSync(join(root, "packages")).map((name) => `@telsiz/${name}`);

const scratch = mkdtempSync(join(tmpdir(), "telsiz-pack-"));
const project = join(scratch, "project");
const installed = (name: string): string => join(project, "node_modules", name);
let tarballs: Tarball[] = [];
/** Free for the servers of the pages, one after the other. */
let port: number;

beforeAll(async () => {
  const free = await openHttpPort();
  port = free.port;
  await free.close();
  tarballs = packAll(scratch);
  installAll(tarballs, project);
  cpSync(fixtures, project, { recursive: true });
}, 300_000);

vi.setConfig({ testTimeout: 60_000 });

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe.each(published)("%s as published", (name) => {
  it("names nothing that only the repository has", () => {
    const manifest = readFileSync(join(installed(name), "package.json"), "utf8");
    expect(manifest).not.toMatch(/@telsiz\/source|workspace:|catalog:/);
  });

  it("brings its licence", () => {
    expect(existsSync(join(installed(name), "LICENSE"))).toBe(true);
  });

  it("is clean for publint", async () => {
    const manifest = readManifest(installed(name));
    const { messages } = await publint({ pkgDir: installed(name), strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, manifest as never))).toEqual([]);
  });

  it("has types that are right for every way to import it", () => {
    const file = tarballs.find((tarball) => tarball.name === name)?.file ?? "";
    run(
      process.execPath,
      [attw, file, "--format", "ascii", "--no-emoji", "--exclude-entrypoints", "client-bundle"],
      scratch,
    );
  });

  it("gives import and require the same classes, and has a dist/cjs that loads", () => {
    const { exports } = readManifest(installed(name));
    const entries = Object.entries(exports).filter(
      ([, target]) => typeof target === "object" && "require" in (target as object),
    );
    const names = entries.map(([path]) => name + path.slice(1));
    expect(names.length).toBeGreaterThan(0);
    run(process.execPath, ["same-exports.mjs", ...names], project);
  });
});

/** What an installation of a server may take; the goals are beside today's budgets. */
const BUDGET = {
  /** Packages: six of Telsiz, and what they need. The goal is 12. */
  packages: 12,
  /** Bytes of all their files: 1,514,000 today. The goal is 1,500,000. */
  bytes: 1_515_000,
  /** Files that `require` loads: one or two of each package. socket.io loads 73. */
  modules: 11,
  /** Bytes of a page's program with every transport, minified and with gzip: bundlers differ by a tenth. */
  page: 24_000,
};

describe("an installation of the server", () => {
  it("has few packages, and none of types", () => {
    const names = needed("@telsiz/server");
    expect(names.filter((name) => name.startsWith("@types/"))).toEqual([]);
    expect(names.length).toBeLessThanOrEqual(BUDGET.packages);
  });

  it("is small", () => {
    const bytes = needed("@telsiz/server").reduce((sum, name) => sum + bytesIn(installed(name)), 0);
    expect(bytes).toBeLessThanOrEqual(BUDGET.bytes);
  });

  it("loads few files, and ws only when a server compresses", () => {
    const program = 'require("@telsiz/server"); console.log(JSON.stringify(Object.keys(require.cache)))';
    const files = JSON.parse(run(process.execPath, ["-e", program], project)) as string[];
    expect(files.filter((file) => file.includes("/node_modules/ws/"))).toEqual([]);
    expect(files.length).toBeLessThanOrEqual(BUDGET.modules);
  });
});

/** A package and all that it depends on, by name. */
function needed(name: string, found = new Set<string>()): string[] {
  if (found.has(name)) return [...found];
  found.add(name);
  const manifest = readManifest(installed(name));
  for (const dependency of Object.keys(manifest.dependencies ?? {})) needed(dependency, found);
  return [...found];
}

function bytesIn(directory: string): number {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true });
  return paths
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

describe("a program of the installed packages", () => {
  it("chats where it imports them", () => {
    run(process.execPath, ["chat.mjs"], project);
  });

  it("chats where it requires dist/cjs", () => {
    run(process.execPath, ["chat.cjs"], project);
  });

  it("chats where it calls what it requires", () => {
    run(process.execPath, ["callable.cjs"], project);
  });
});

describe.each(Object.entries(BUNDLERS))(
  "a page of the installed packages, bundled by %s",
  (_name, bundle) => {
    const bundled = async (from: string): Promise<string> => {
      const entry = join(project, "page.mjs");
      writeFileSync(entry, `import { io } from "${from}";\nio().emit("hello");\n`);
      return bundle(entry);
    };

    it("is small, holds nothing of Node.js, and less with WebSocket alone", async () => {
      const code = await bundled("@telsiz/client");
      const smaller = await bundled("@telsiz/client/websocket");
      expect(code).not.toMatch(/\bnode:|\bNodeXHR\b|sec-websocket-key/i);
      expect(gzipSync(code).length).toBeLessThan(BUDGET.page);
      expect(smaller.length).toBeLessThan(code.length - 3_000);
    });
  },
);

/** Somebody new to a page of the docs, in a folder of their own. */
const arrive = (page: string): Newcomer =>
  new Newcomer(join(scratch, page.replaceAll(/\W/g, "-")), page, tarballs, port);
const ofServers = (): number => port;

contractsPageTests(arrive);
frameworksPageTests(arrive, ofServers);
indexPageTests(arrive, ofServers);
tutorialPageTests(arrive, ofServers);

function compilerOf(version: string): string {
  return version === "7.0" ? tsc : binary(`typescript-${version}`, "bin/tsc");
}

/** Compiles programs of the project, the types of the packages included. */
function compile(files: readonly string[], options: object, compiler: string = tsc): void {
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    types: ["node"],
    ...options,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  run(process.execPath, [compiler, "-p", "tsconfig.json"], project);
}

describe("a TypeScript program of the installed packages, without the types of ws and cors", () => {
  it.each([
    ["node16", "node16", "ES modules", "mts"],
    ["node16", "node16", "CommonJS", "cts"],
    ["nodenext", "nodenext", "ES modules", "mts"],
    ["nodenext", "nodenext", "CommonJS", "cts"],
    ["bundler", "esnext", "ES modules", "ts"],
  ])("compiles with moduleResolution %s, module %s, as %s", (moduleResolution, module, _kind, extension) => {
    const program = `typed-events.${extension}`;
    cpSync(join(fixtures, "typed-events.ts"), join(project, program));
    compile([program], { module, moduleResolution });
  });

  it("compiles as CommonJS that names the members of what it requires", () => {
    compile(["members.cts"], { module: "nodenext", moduleResolution: "nodenext" });
  });

  it.each(["5.4", "5.9", "7.0"])(
    "compiles as CommonJS that calls what it requires, with TypeScript %s",
    (version) => {
      const files = ["callable.cts", "default-import.cts"];
      compile(files, { module: "nodenext", moduleResolution: "nodenext" }, compilerOf(version));
      cpSync(join(fixtures, "callable.cts"), join(project, "callable.ts"));
      cpSync(join(fixtures, "default-import.cts"), join(project, "default-import.ts"));
      const node10 = { module: "commonjs", moduleResolution: "node10", esModuleInterop: true };
      if (version !== "7.0") compile(["callable.ts", "default-import.ts"], node10, compilerOf(version));
    },
  );

  it("compiles without the DOM where it is only a server", () => {
    compile(["server-only.mts"], { module: "nodenext", moduleResolution: "nodenext", lib: ["es2022"] });
  });

  it("finds no types of ws or cors to lean on", () => {
    expect(existsSync(installed("@types/ws"))).toBe(false);
    expect(existsSync(installed("@types/cors"))).toBe(false);
  });
});

/** Copies an application that was written for Socket.IO into the project, with nothing changed but what it imports or requires. */
function moveOver(application: string, folder: string): void {
  cpSync(join(root, "tooling/migration/src", application), join(project, folder), { recursive: true });
  for (const name of readdirSync(join(project, folder))) {
    const file = join(project, folder, name);
    const source = readFileSync(file, "utf8");
    writeFileSync(
      file,
      source.replace('"socket.io"', '"@telsiz/server"').replace('"socket.io-client"', '"@telsiz/client"'),
    );
  }
}

describe("a program of CommonJS that was written for Socket.IO, moved over", () => {
  it("has its evening as on the stock packages", () => {
    moveOver("commonjs-chat", "commonjs-chat");
    run(process.execPath, ["evening.cjs"], join(project, "commonjs-chat"));
  });
});

describe("a program with types that was written for Socket.IO, moved over", { timeout: 180_000 }, () => {
  const files = ["server.ts", "client.ts"].map((file) => join("moved-over", file));
  const NODENEXT = { module: "nodenext", moduleResolution: "nodenext", allowImportingTsExtensions: true };
  const BUNDLER = { ...NODENEXT, module: "esnext", moduleResolution: "bundler" };
  const NODE10 = { ...NODENEXT, module: "commonjs", moduleResolution: "node10" };
  const EXACT = {
    ...NODENEXT,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
  };
  const LOOSE = { strict: false };
  const VERBATIM = { ...BUNDLER, verbatimModuleSyntax: true, isolatedModules: true };
  const ES2020 = { ...BUNDLER, target: "es2020", lib: ["es2020", "dom"] };

  beforeAll(() => moveOver("typed-program", "moved-over"));

  it.each([
    ["5.4", "node10, not strict", { ...NODE10, ...LOOSE }],
    ["5.4", "nodenext, exact", EXACT],
    ["5.9", "node10", NODE10],
    ["5.9", "bundler, verbatim", VERBATIM],
    ["6.0", "nodenext, exact", EXACT],
    ["7.0", "nodenext, exact", EXACT],
    ["7.0", "bundler, not strict", { ...BUNDLER, ...LOOSE }],
    ["7.0", "bundler, verbatim", VERBATIM],
    ["7.0", "es2020", ES2020],
  ])("compiles with TypeScript %s, %s", (version, _settings, options) => {
    compile(files, options, compilerOf(version));
  });
});
