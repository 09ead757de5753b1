import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRepository, copyRepository } from "../src/repository.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "telsiz-repository-"));
  mkdirSync(join(root, "packages/one"), { recursive: true });
  writeFileSync(join(root, "packages/one/package.json"), '{ "name": "@telsiz/one", "version": "1.0.0" }');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const name = (repository: string): void =>
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "root", repository }));

describe("the repository's address", () => {
  it("goes from the root into each package", () => {
    name("git+https://code.telsiz.dev/telsiz.git");
    copyRepository(root);
    expect(JSON.parse(readFileSync(join(root, "packages/one/package.json"), "utf8"))).toEqual({
      name: "@telsiz/one",
      version: "1.0.0",
      repository: { type: "git", url: "git+https://code.telsiz.dev/telsiz.git", directory: "packages/one" },
    });
    checkRepository(root);
  });

  it("is refused where a package has another one", () => {
    name("git+https://code.telsiz.dev/telsiz.git");
    expect(() => checkRepository(root)).toThrow("@telsiz/one has another repository");
  });

  it.each([
    "git+https://example.com/telsiz/telsiz.git",
    "git+https://git.example.org/telsiz.git",
    "git@example.com:telsiz/telsiz.git",
    "https://telsiz.invalid",
  ])("is refused for a release where it is %s", (placeholder) => {
    name(placeholder);
    copyRepository(root);
    expect(() => checkRepository(root)).toThrow("placeholder");
  });

  it("is one in all packages here", () => {
    checkRepository(join(import.meta.dirname, "../../.."), true);
  });
});
