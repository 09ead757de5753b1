import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { brotliDecompressSync } from "node:zlib";
import { clientBundleDirectory } from "@telsiz/server/client-bundle";
import { beforeAll, describe, expect, it } from "vitest";

const names = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"];
const members = ["Manager", "Socket", "connect", "io"];
let directory = "";

const read = (name: string): Buffer => brotliDecompressSync(readFileSync(join(directory, `${name}.br`)));

/** Runs a script in a page that has little more than the language, and returns what it left behind. */
function runAsScript(name: string): Record<string, unknown> {
  const page = { TextDecoder, TextEncoder, URL, clearTimeout, performance, queueMicrotask, setTimeout };
  return runInNewContext(`${read(name).toString()}\n;globalThis`, page) as Record<string, unknown>;
}

beforeAll(async () => {
  directory = await clientBundleDirectory();
}, 60_000);

describe("the directory of the client for pages", () => {
  it("holds each bundle, its map and what the maps have in common, compressed, and nothing else", () => {
    const files = [...names.flatMap((name) => [name, `${name}.map`]), "sources.json"];
    expect(readdirSync(directory).sort()).toEqual(files.map((file) => `${file}.br`).sort());
  });

  it.each(names)("links %s to its map, whose sources are there without their comments", (name) => {
    expect(read(name).toString()).toMatch(
      new RegExp(`//# sourceMappingURL=${name.replaceAll(".", "\\.")}\\.map\\s*$`),
    );
    const map = JSON.parse(read(`${name}.map`).toString()) as { sources: string[] };
    const sources = JSON.parse(read("sources.json").toString()) as Record<string, string>;
    expect(map.sources).toContain("@telsiz/client/src/manager.ts");
    for (const source of map.sources) expect(sources[source], source).not.toMatch(/^ *\/\*\*/m);
  });

  it("is found at once when it was built before", async () => {
    expect(await clientBundleDirectory()).toBe(directory);
  });
});

describe.each(["socket.io.js", "socket.io.min.js", "socket.io.msgpack.min.js"])("%s", (name) => {
  it("defines one global, io, which is a function with the members of the package", () => {
    const page = runAsScript(name);
    const io = page["io"] as Record<string, unknown>;
    expect(Object.keys(page)).toContain("io");
    expect(typeof io).toBe("function");
    for (const member of members) expect(typeof io[member], member).toBe("function");
    expect(io["protocol"]).toBe(5);
  });

  it("is a CommonJS module that exports io, too", () => {
    const module = { exports: {} as Record<string, unknown> };
    const page = {
      module,
      exports: module.exports,
      TextDecoder,
      TextEncoder,
      URL,
      clearTimeout,
      performance,
      setTimeout,
    };
    runInNewContext(read(name).toString(), page);
    expect(typeof module.exports).toBe("function");
    expect(module.exports["io"]).toBe(module.exports["connect"]);
  });
});

describe("the default parser of a bundle", () => {
  interface Client {
    (address: string, options: object): { io: { opts: { parser?: unknown } } };
    Manager: new (uri: string, options: object) => { opts: { parser?: unknown } };
  }
  const load = (name: string): Client => runAsScript(name)["io"] as Client;
  const address = "http://127.0.0.1";
  const idle = { autoConnect: false, forceNew: true };

  it("is MessagePack in socket.io.msgpack.min.js alone, from io and from Manager, unless told otherwise", () => {
    const io = load("socket.io.msgpack.min.js");
    const other = { createDecoder: () => undefined, encode: () => [] };
    expect(io(address, idle).io.opts.parser).toHaveProperty("encode");
    expect(new io.Manager(address, idle).opts.parser).toHaveProperty("encode");
    expect(new io.Manager(address, { ...idle, parser: other }).opts.parser).toBe(other);
    expect(load("socket.io.min.js")(address, idle).io.opts.parser).toBeUndefined();
  });
});

describe("socket.io.esm.min.js", () => {
  it("exports by name what the package exports, and io as default", async () => {
    const url = `data:text/javascript;base64,${read("socket.io.esm.min.js").toString("base64")}`;
    const module = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
    expect(Object.keys(module)).toEqual(expect.arrayContaining([...members, "protocol", "default"]));
    expect(module["default"]).toBe(module["io"]);
  });
});
