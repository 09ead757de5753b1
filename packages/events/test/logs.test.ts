import { describe, expect, it } from "vitest";
import { createLogs } from "../src/index.ts";

/** The areas of these that are logged. */
function logged(chosen: string | null | undefined): string[] {
  const logs = createLogs(chosen, () => {});
  const areas = ["telsiz:engine", "telsiz:engine:packets", "telsiz:server", "express:router"];
  return areas.filter((area) => logs(area) !== undefined);
}

describe("createLogs", () => {
  it.each([
    ["telsiz:*", ["telsiz:engine", "telsiz:engine:packets", "telsiz:server"]],
    ["*", ["telsiz:engine", "telsiz:engine:packets", "telsiz:server", "express:router"]],
    ["telsiz:server", ["telsiz:server"]],
    ["telsiz:*,-*:packets", ["telsiz:engine", "telsiz:server"]],
    ["express:*  telsiz:server", ["telsiz:server", "express:router"]],
    ["-telsiz:engine", []],
    ["telsiz", []],
    ["telsiz.server", []],
    ["", []],
    [null, []],
    [undefined, []],
  ])("chooses by %j the areas %j", (chosen, areas) => {
    expect(logged(chosen)).toEqual(areas);
  });

  it("takes what is special in a regular expression as it is", () => {
    expect(createLogs("a.b[c]\\d+", () => {})("a.b[c]\\d+")).toBeDefined();
    expect(logged("telsiz:(")).toEqual([]);
  });

  it("prints a line with its area", () => {
    const lines: string[] = [];
    createLogs("a", (area, line) => lines.push(`${area} ${line}`))("a")?.("hello");
    expect(lines).toEqual(["a hello"]);
  });
});
