/** Every example of the docs compiles, and those marked `runnable` run. */
import { describe, expect, it } from "vitest";
import { compileProject, runSnippet, writeProject } from "./snippet-project.ts";

const files = writeProject();

describe("the examples of the docs", () => {
  it("compile", async () => {
    expect(files.length).toBeGreaterThan(30);
    expect(await compileProject(files)).toEqual([]);
  }, 300_000);

  for (const file of files.filter(({ snippet }) => snippet.runnable)) {
    it(`run: ${file.page}, line ${file.snippet.line}`, async () => {
      await expect(runSnippet(file)).resolves.toBeTypeOf("string");
    }, 90_000);
  }
});
