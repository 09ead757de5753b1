/** Members of Socket.IO's server that its documentation leaves out, and tools touch (api-surface.md 1). */
import { messagePackParser, PacketType, type Packet } from "@telsiz/parser";
import { describe, expect, it } from "vitest";
import { type Namespace, Server } from "../src/index.ts";

const TEXT: Packet = { type: PacketType.EVENT, nsp: "/admin", data: ["greet", "Ada"], id: 7 };
const BINARY: Packet = { type: PacketType.EVENT, nsp: "/", data: ["file", Buffer.from([1, 2])] };

describe("the encoder of a server", () => {
  it("is one, and gives the messages of a packet, attachments behind the text", () => {
    const io = new Server();
    expect(io.encoder).toBe(io.encoder);
    expect(io.encoder.encode(TEXT)).toEqual(['2/admin,7["greet","Ada"]']);
    expect(io.encoder.encode(BINARY)).toEqual([
      '51-["file",{"_placeholder":true,"num":0}]',
      Buffer.from([1, 2]),
    ]);
  });

  it("is that of the parser which the server has", () => {
    const { encoder } = new Server({ parser: messagePackParser });
    expect(encoder.encode(TEXT)).toEqual([messagePackParser.encode(TEXT)]);
  });

  it("is that of a parser written for Socket.IO", () => {
    class Encoder {
      encode({ type }: Packet): string[] {
        return [`type ${type}`];
      }
    }
    class Decoder {
      on(): void {
        // a test decodes nothing
      }
      add(): void {
        // as above
      }
    }
    expect(new Server({ parser: { Encoder, Decoder } }).encoder.encode(TEXT)).toEqual(["type 2"]);
  });
});

describe("what a server shows of itself", () => {
  it("is its options, as they were given", () => {
    const options = { pingInterval: 1234, path: "/live/" };
    const io = new Server(options);
    expect(io._opts).toEqual(options);
    expect(io._opts).not.toBe(options);
    expect(new Server()._opts).toEqual({});
  });

  it("is its connect timeout", () => {
    expect(new Server()._connectTimeout).toBe(45_000);
    expect(new Server({ connectTimeout: 100 })._connectTimeout).toBe(100);
    expect(new Server().connectTimeout(200)._connectTimeout).toBe(200);
  });

  it("is its parser", () => {
    expect(new Server({ parser: messagePackParser })._parser).toBe(messagePackParser);
  });

  it("is its namespaces by name, the main one first, without the parents of dynamic ones", () => {
    const io = new Server();
    const admin: Namespace = io.of("/admin");
    io.of(/^\/team-/);
    expect(io._nsps).toEqual(
      new Map([
        ["/", io.sockets],
        ["/admin", admin],
      ]),
    );
  });
});
