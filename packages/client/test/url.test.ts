import { OptionError } from "@telsiz/events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseAddress } from "../src/url.ts";

const page = { protocol: "http:", host: "page.example:8080" };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What differs between the rows below. */
function summary(address: string | undefined, on?: typeof page): (string | undefined)[] {
  const { origin, url, namespace } = parseAddress(address, on);
  return [origin, url, namespace];
}

describe("parseAddress", () => {
  it.each([
    ["http://example.com", "http://example.com:80", "http://example.com", "/"],
    ["https://example.com/", "https://example.com:443", "https://example.com", "/"],
    ["https://example.com:443/news", "https://example.com:443", "https://example.com", "/news"],
    ["http://example.com:3000/a/b", "http://example.com:3000", "http://example.com:3000", "/a/b"],
    ["ws://example.com/news", "ws://example.com:80", "ws://example.com", "/news"],
    ["wss://example.com", "wss://example.com:443", "wss://example.com", "/"],
    ["HTTP://EXAMPLE.com/News", "http://example.com:80", "http://example.com", "/News"],
    ["http://[::1]:3000/news", "http://[::1]:3000", "http://[::1]:3000", "/news"],
    ["http://127.0.0.1/news?a=1#part", "http://127.0.0.1:80", "http://127.0.0.1", "/news"],
    ["http://example.com?a=1", "http://example.com:80", "http://example.com", "/"],
  ])("understands a whole address, %s", (address, ...parts) => {
    expect(summary(address)).toEqual(parts);
    expect(summary(address, page)).toEqual(parts);
  });

  it.each([
    [undefined, "http://page.example:8080", "http://page.example:8080", "/"],
    ["/", "http://page.example:8080", "http://page.example:8080", "/"],
    ["/news", "http://page.example:8080", "http://page.example:8080", "/news"],
    ["//example.com/news", "http://example.com:80", "http://example.com", "/news"],
    ["example.com:3000/news", "http://example.com:3000", "http://example.com:3000", "/news"],
    ["localhost:3000", "http://localhost:3000", "http://localhost:3000", "/"],
  ])("completes %s from the page", (address, ...parts) => {
    expect(summary(address, page)).toEqual(parts);
  });

  it.each([
    ["//example.com/news", "https://example.com:443", "https://example.com", "/news"],
    ["example.com/news", "https://example.com:443", "https://example.com", "/news"],
    ["localhost:3000", "https://localhost:3000", "https://localhost:3000", "/"],
  ])("takes https for %s where there is no page", (address, ...parts) => {
    expect(summary(address)).toEqual(parts);
  });

  it("takes the page from the platform", () => {
    vi.stubGlobal("location", page);
    expect(parseAddress("/news").origin).toBe("http://page.example:8080");
  });

  it.each(["/a b", "/çay", "/100%", "/a%20b", "/..", "/a/../b", "//x", "/news/"])(
    "gives the namespace %s as the server knows it, letter by letter",
    (namespace) => {
      expect(parseAddress(`http://example.com${namespace}?a=1`).namespace).toBe(namespace);
    },
  );

  it("gives the parameters of the query", () => {
    expect(parseAddress("http://example.com/news?a=1&b=x%20y&c=d=e&f").query).toEqual({
      a: "1",
      b: "x y",
      c: "d=e",
      f: "",
    });
    expect(parseAddress("/news?a=1", page).query).toEqual({ a: "1" });
  });

  it("leaves /news as it is where there is no page yet, but for its namespace", () => {
    expect(parseAddress("/news?a=1")).toMatchObject({
      url: "/news?a=1",
      namespace: "/news",
      query: { a: "1" },
    });
  });

  it.each(
    [
      ["http://", "//", "http://example.com:99999", "http://exa mple.com", "http://[::1"],
      ["ftp://example.com", "ftp://example.com:3000", "file:///tmp", "telsiz://example.com:3000"],
    ].flat(),
  )("refuses %j, which is no address of a server", (address) => {
    expect(() => parseAddress(address)).toThrow(OptionError);
    expect(() => parseAddress(address)).toThrow(
      `Option "url" must be an address of http, https, ws or wss, not ${JSON.stringify(address)}.`,
    );
  });
});
