import { Decoder, type EmitterParser, Encoder, fromEmitterParser, ParserOptionError } from "@telsiz/parser";
import { OptionError } from "@telsiz/events";
import { expect, it } from "vitest";
import * as full from "../src/index.ts";
import type { ManagerOptions } from "../src/index.ts";
import * as websocket from "../src/index.websocket.ts";

it("the entries export the same names, each with its own io and Manager", () => {
  expect(Object.keys(websocket).sort()).toEqual(Object.keys(full).sort());
  const own = Object.entries(full).filter(([name, value]) => value !== websocket[name as keyof typeof full]);
  expect(own.map(([name]) => name).sort()).toEqual(["Manager", "connect", "default", "io"]);
});

it("the entry of WebSocket alone takes no other transport by its name", () => {
  const create = (): unknown => new websocket.Manager("http://a.test", { transports: ["polling"] });
  expect(create).toThrow('Option "transports" must be a list of classes of transports, "websocket"');
});

it("the entry of WebSocket alone takes a parser written for Socket.IO only when it is wrapped", () => {
  const written = { Encoder, Decoder } as unknown as EmitterParser;
  const create = (parser: NonNullable<ManagerOptions["parser"]>): unknown =>
    new websocket.Manager("http://a.test", { parser, autoConnect: false });
  expect(() => create(written)).toThrow(ParserOptionError);
  expect(create(fromEmitterParser(written))).toBeInstanceOf(websocket.Manager);
});

it("the entry of WebSocket alone takes the classes that it is given", () => {
  const manager = new websocket.Manager("http://127.0.0.1:1", { transports: [full.NodeXHR] });
  expect(manager.engine.transport).toBeInstanceOf(full.NodeXHR);
  manager.reconnection(false);
  manager.engine.close();
});

it.each([undefined, "/", "/news"])(
  "the address %s, which is one of a page, is refused on Node.js when a connection is to be opened",
  (address) => {
    expect(() => full.io(address)).toThrow(OptionError);
    const socket = full.io(address, { autoConnect: false, forceNew: true }); // a page is rendered
    expect(socket.nsp).toBe(address ?? "/");
    expect(() => socket.connect()).toThrow(OptionError);
  },
);
