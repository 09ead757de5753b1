/** Members of Socket.IO's server that its documentation leaves out, and tools touch (api-surface.md 1). */
import { messagePackParser, PacketType, type Packet } from "@telsiz/parser";
import { describe, expect, it, vi } from "vitest";
import { type Namespace, Server } from "../src/index.ts";
import { joined } from "./fake-session.ts";

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

describe("what adapters for Socket.IO touch", () => {
  it("is the options of the server", () => {
    const io: any = new Server({ pingInterval: 1234 });
    expect(io.opts).toBe(io._opts);
  });

  it("is the counter of acknowledgement ids, which the namespace shares", () => {
    const io = new Server();
    const nsp: any = io.sockets;
    expect([nsp._ids++, nsp._ids++, nsp._nextAckId(), nsp._ids++]).toEqual([0, 1, 2, 3]);
  });

  it("is the map of acknowledgements of a socket, which gives the client's values", () => {
    const { session, socket } = joined(new Server());
    const acks = (socket as any).acks;
    const answered = vi.fn();
    acks.set(7, answered).set(8, answered);
    expect([acks.has(7), acks.delete(8), acks.delete(8), acks.has(8)]).toEqual([true, true, false, false]);
    session.acknowledge(7, ["yes", 1]);
    session.acknowledge(8, ["no"]);
    expect(answered).toHaveBeenCalledExactlyOnceWith("yes", 1);
    expect(acks.has(7)).toBe(false);
  });

  it("holds ten thousand acknowledgements that nobody gives, and forgets the oldest", () => {
    const { socket } = joined(new Server());
    const acks = (socket as any).acks;
    for (let id = 0; id <= 10_000; id++) acks.set(id, () => undefined);
    expect([acks.has(0), acks.has(1), acks.has(10_000)]).toEqual([false, true, true]);
    expect(socket._acks.size).toBe(10_000);
  });

  it("is what tells listeners of outgoing events of a packet", () => {
    const { socket } = joined(new Server());
    const heard = vi.fn();
    socket.onAnyOutgoing(heard);
    (socket as any).notifyOutgoingListeners({ data: ["news", 1] });
    expect(heard).toHaveBeenCalledExactlyOnceWith("news", 1);
  });

  it("is what writes messages that are encoded, made ready once for all who get them", () => {
    const io = new Server();
    const sessions = [joined(io), joined(io), joined(io)];
    const messages = io.encoder.encode(BINARY);
    sessions[2]!.session.writable = false;
    for (const { session, socket } of sessions) {
      session.take();
      (socket.client as any).writeToEngine(messages, { volatile: true, compress: false, preEncoded: true });
    }
    expect(sessions.map(({ session }) => session.takeEvents())).toEqual([[BINARY.data], [BINARY.data], []]);
    const [first, second] = sessions.map(({ session }) => session.outgoing.slice(-2));
    expect(first).toMatchObject([{ compress: false }, { compress: false }]);
    expect(first![0]).toBe(second![0]);
    expect(first![1]).toBe(second![1]);
  });
});
