/** What programs import from the packages of Socket.IO is there under the same names. */
import * as adapter from "@telsiz/adapter";
import * as client from "@telsiz/client";
import * as server from "@telsiz/server";
import * as stockServer from "socket.io";
import * as stockAdapter from "socket.io-adapter";
import * as stockClient from "socket.io-client";
import { describe, expect, it } from "vitest";

/** How Node.js shows a CommonJS package to `import` is not among its names. */
const namesOf = (module: object): string[] =>
  Object.keys(module).filter((name) => !["default", "module.exports", "__esModule"].includes(name));

describe("our packages", () => {
  it.each([
    ["socket.io", stockServer, server],
    ["socket.io-client", stockClient, client],
    ["socket.io-adapter", stockAdapter, adapter],
  ])("have the names of %s", (_name, stock, ours) => {
    expect(namesOf(stock).length).toBeGreaterThan(2);
    expect(namesOf(ours)).toEqual(expect.arrayContaining(namesOf(stock)));
  });

  it("number the messages between servers as socket.io-adapter does", () => {
    // The numbers of an enum lead back to its names.
    const numbers = Object.entries(stockAdapter.MessageType).filter(([name]) => !/^\d/.test(name));
    expect(adapter.MessageType).toMatchObject(Object.fromEntries(numbers));
    expect(numbers).toHaveLength(13);
  });
});
