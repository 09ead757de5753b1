import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CookieJar } from "../../src/client/platform/cookie-jar.ts";

const url = new URL("http://example.com/engine.io/?EIO=4");
let jar: CookieJar;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ["Date"] });
  jar = new CookieJar();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("CookieJar", () => {
  it("gives cookies back exactly as they came", () => {
    jar.store(["a=1%202; Path=/; HttpOnly; SameSite=Lax", 'b="x y"; Path=/'], url);
    expect(jar.headerFor(url)).toBe('a=1%202; b="x y"');
  });

  it("has nothing to give at first", () => {
    jar.store(undefined, url);
    expect(jar.headerFor(url)).toBeUndefined();
  });

  it("replaces a cookie of the same name and path", () => {
    jar.store(["a=1; Path=/", "a=2; Path=/"], url);
    expect(jar.headerFor(url)).toBe("a=2");
  });

  it("forgets a cookie whose time is over", () => {
    jar.store(["a=1; Max-Age=10", "b=1; Expires=Thu, 01 Jan 2026 00:00:20 GMT", "c=1"], url);
    vi.setSystemTime(Date.now() + 10_000);
    expect(jar.headerFor(url)).toBe("b=1; c=1");
    vi.setSystemTime(Date.now() + 10_000);
    expect(jar.headerFor(url)).toBe("c=1");
  });

  it("lets Max-Age win over Expires", () => {
    jar.store(["a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], url);
    expect(jar.headerFor(url)).toBe("a=1");
  });

  it("removes a cookie that comes again already expired", () => {
    jar.store(["a=1; Path=/"], url);
    jar.store(["a=; Path=/; Max-Age=0"], url);
    expect(jar.headerFor(url)).toBeUndefined();
  });

  it("gives a cookie to the paths below its own only, the longest path first", () => {
    jar.store(["root=1; Path=/", "mine=1", "other=1; Path=/admin", "part=1; Path=/eng"], url);
    expect(jar.headerFor(url)).toBe("mine=1; root=1");
  });

  it("keeps secure cookies to secure connections", () => {
    jar.store(["a=1; Secure; Path=/"], url);
    expect(jar.headerFor(url)).toBeUndefined();
    expect(jar.headerFor(new URL("wss://example.com/engine.io/"))).toBe("a=1");
  });

  it("refuses cookies of another host", () => {
    jar.store(["a=1; Domain=evil.test; Path=/", "b=1; Domain=.example.com; Path=/"], url);
    expect(jar.headerFor(url)).toBe("b=1");
  });

  it("passes over malformed headers", () => {
    jar.store(["", ";", "=", "novalue", "a=1"], url);
    expect(jar.headerFor(url)).toContain("a=1");
  });

  it("holds fifty cookies at most", () => {
    jar.store(
      Array.from({ length: 200 }, (_, index) => `c${index}=1`),
      url,
    );
    expect(jar.headerFor(url)?.split("; ")).toHaveLength(50);
    expect(jar.headerFor(url)).toContain("c199=1");
  });
});
