import { OptionError } from "@telsiz/events";
import { describe, expect, it } from "vitest";
import { parse } from "../../src/client/parse-uri.ts";
import { requestUrl, urlOf } from "../../src/client/url.ts";

describe("parse", () => {
  it.each([
    ["http://example.com", { protocol: "http", host: "example.com", port: "", path: "", query: "" }],
    ["https://example.com:8080/a/b?x=1&y=2#z", { protocol: "https", host: "example.com", port: "8080", path: "/a/b", query: "x=1&y=2" }],
    ["localhost:3000", { protocol: "", host: "localhost", port: "3000", path: "" }],
    ["//example.com/admin", { protocol: "", host: "example.com", path: "/admin" }],
    ["ws://[::1]:80/", { protocol: "ws", host: "::1", port: "80", path: "/" }],
    ["http://user:secret@example.com/", { host: "example.com", port: "" }],
    ["", { protocol: "", host: "", port: "", path: "" }],
  ])("takes %s apart", (uri, parts) => {
    expect(parse(uri)).toMatchObject(parts);
  }); // prettier-ignore

  it("decodes the query's keys and values", () => {
    expect(parse("http://h/?a%20b=c%26d&e=").queryKey).toEqual({ "a b": "c&d", e: "" });
  });

  it("refuses what is no string or longer than 8000 characters", () => {
    expect(() => parse(5 as unknown as string)).toThrow(OptionError);
    expect(() => parse(`http://${"a".repeat(8000)}`)).toThrow(OptionError);
  });
});

describe("requestUrl", () => {
  const endpoint = { hostname: "h", port: "80", secure: false, path: "/engine.io/" };

  it("leaves out the scheme's own port only", () => {
    expect(requestUrl(endpoint, "http", {})).toBe("http://h/engine.io/");
    expect(requestUrl({ ...endpoint, port: "443" }, "http", {})).toBe("http://h:443/engine.io/");
    expect(requestUrl({ ...endpoint, port: "443", secure: true }, "wss", {})).toBe("wss://h/engine.io/");
    expect(requestUrl({ ...endpoint, secure: true }, "wss", {})).toBe("wss://h:80/engine.io/");
  });

  it("puts brackets around an IPv6 address", () => {
    expect(requestUrl({ ...endpoint, hostname: "::1", port: "3000" }, "ws", {})).toBe(
      "ws://[::1]:3000/engine.io/",
    );
  });

  it("keeps the order of the query and escapes it", () => {
    expect(requestUrl(endpoint, "http", { "a b": "c&d", EIO: "4" })).toBe(
      "http://h/engine.io/?a%20b=c%26d&EIO=4",
    );
  });
});

describe("urlOf", () => {
  it.each(["http://h/", "//h", "h", "h:80"])("understands %s", (address) => {
    expect(urlOf("uri", address, "http:").href).toBe("http://h/");
  });

  it.each(["", "/", "/news", "//", "ftp://h", 5])("refuses %j", (address) => {
    expect(() => urlOf("uri", address, "http:")).toThrow(OptionError);
  });
});
