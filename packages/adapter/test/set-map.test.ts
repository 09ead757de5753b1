import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SetMap } from "../src/set-map.ts";

describe("a map of sets", () => {
  it("shows a lone value as a set, which changes with the map from then on", () => {
    const map = new SetMap<string, string>();
    map.put("room", "s1");
    const members = map.get("room")!;
    expect(members).toEqual(new Set(["s1"]));
    expect(map.get("room")).toBe(members);
    map.put("room", "s2");
    map.take("room", "s1");
    expect(members).toEqual(new Set(["s2"]));
    expect(map.get("other")).toBeUndefined();
  });

  it("tells whether a value was missing, and whether it was there", () => {
    const map = new SetMap<string, string>();
    expect([map.put("room", "s1"), map.put("room", "s1"), map.put("room", "s2")]).toEqual([
      true,
      false,
      true,
    ]);
    expect([map.take("room", "s1"), map.take("room", "s1")]).toEqual([true, false]);
    expect(map.isEmpty("room")).toBe(false);
    expect([map.take("room", "s2"), map.isEmpty("room"), map.has("room")]).toEqual([true, true, true]);
  });

  it("is a map of sets in every way of reading one", () => {
    const map = new SetMap<string, string>();
    map.put("lone", "s1");
    map.put("two", "s1");
    map.put("two", "s2");
    map.register("none");
    const same = new Map([
      ["lone", new Set(["s1"])],
      ["two", new Set(["s1", "s2"])],
      ["none", new Set()],
    ]);
    expect(map).toBeInstanceOf(Map);
    expect(new Map(map)).toEqual(same);
    expect([...map.values()]).toEqual([...same.values()]);
    expect([...map.entries()]).toEqual([...same.entries()]);
    const seen: unknown[] = [];
    map.forEach((values, key, self) => seen.push([key, values, self === map]));
    expect(seen).toEqual([...same].map(([key, values]) => [key, values, true]));
    expect(inspect(map)).toBe(inspect(same));
  });

  it("has the values of a key without keeping a set of them", () => {
    const map = new SetMap<string, string>();
    map.put("room", "s1");
    expect(map.valuesOf("room")).toEqual(new Set(["s1"]));
    expect(map.valuesOf("room")).not.toBe(map.valuesOf("room"));
    expect(map.valuesOf("other")).toEqual(new Set());
  });
});
