import { describe, expect, it } from "vitest";
import { randomId } from "../../src/server/id.ts";

describe("a session id", () => {
  it("has 20 characters of the URL-safe base64 alphabet", () => {
    for (let i = 0; i < 1000; i++) expect(randomId()).toMatch(/^[\w-]{20}$/);
  });

  it("never comes twice in 20,000", () => {
    expect(new Set(Array.from({ length: 20_000 }, randomId)).size).toBe(20_000);
  });

  it("holds no counter: every byte takes many values (CVE-2017-16031)", () => {
    const ids = Array.from({ length: 2000 }, () => Buffer.from(randomId(), "base64url"));
    for (let byte = 0; byte < 15; byte++) {
      expect(new Set(ids.map((id) => id[byte])).size).toBeGreaterThan(200);
    }
  });
});
