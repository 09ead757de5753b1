import { expect, it } from "vitest";
import * as browser from "../../src/client/index.browser.ts";
import * as node from "../../src/client/index.ts";

it("the entries for browsers and for Node.js export the same names, each with its own client, platform and transports", () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  const own = Object.entries(browser).filter(([name, value]) => value !== node[name as keyof typeof node]);
  expect(own.map(([name]) => name).sort()).toEqual([
    "EngineClient",
    "NodeWebSocket",
    "NodeXHR",
    "Socket",
    "platform",
    "transports",
  ]);
});
