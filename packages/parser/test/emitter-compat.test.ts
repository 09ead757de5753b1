import { EventEmitter } from "node:events";
import * as stockMsgpack from "socket.io-msgpack-parser";
import * as stock from "socket.io-parser";
import { describe, expect, it } from "vitest";
import {
  createParser,
  Decoder,
  defaultParser,
  Encoder,
  fromEmitterParser,
  isEmitterParser,
  messagePackParser,
  ParseError,
  ParserOptionError,
} from "../src/index.ts";
import type { EmitterParser, Encoded, Packet } from "../src/index.ts";

const binaryEvent: Packet = { type: 2, nsp: "/admin", id: 3, data: ["b", { x: Buffer.from("abc") }] };

/** The messages as a transport on Node.js delivers them. */
function messagesOf(encoded: Encoded): readonly any[] {
  const messages = typeof encoded === "string" || encoded instanceof Uint8Array ? [encoded] : encoded;
  return messages.map((message) => (message instanceof Uint8Array ? Buffer.from(message) : message));
}

/** A custom parser as the documentation of Socket.IO shows one. */
class JsonEncoder {
  encode(packet: Packet): string[] {
    return [JSON.stringify(packet)];
  }
}
class JsonDecoder extends EventEmitter {
  add(text: unknown): void {
    this.emit("decoded", JSON.parse(text as string));
  }
  destroy(): void {
    this.removeAllListeners();
  }
}
const jsonParser: EmitterParser = { Encoder: JsonEncoder, Decoder: JsonDecoder };

describe("the classes in the style of socket.io-parser", () => {
  it("encode to a list, and decode by event", () => {
    const packets: Packet[] = [];
    const decoder = new Decoder().on("decoded", (packet) => packets.push(packet));
    for (const message of new Encoder().encode(binaryEvent)) decoder.add(message as Uint8Array);
    expect(packets).toEqual([binaryEvent]);
  });

  it("take bytes in any view", () => {
    const packets: Packet[] = [];
    const decoder = new Decoder().on("decoded", (packet) => packets.push(packet));
    decoder.add('51-["a",{"_placeholder":true,"num":0}]');
    decoder.add(Uint8Array.of(1, 2).buffer);
    expect(packets).toEqual([{ type: 2, nsp: "/", data: ["a", Uint8Array.of(1, 2)] }]);
  });

  it("stop calling a listener that was taken off", () => {
    const packets: unknown[] = [];
    const first = (packet: Packet): unknown => packets.push(packet.nsp);
    const decoder = new Decoder().on("decoded", first).on("decoded", () => packets.push("second"));
    decoder.off("decoded", first).add("0");
    decoder.off().add("0");
    expect(packets).toEqual(["second"]);
  });

  it("take a replacer, a reviver and limits", () => {
    const [text] = new Encoder((_key, value) => (value === 1 ? "one" : value)).encode({
      type: 2,
      nsp: "/",
      data: ["a", 1],
    });
    expect(text).toBe('2["a","one"]');
    const packets: Packet[] = [];
    new Decoder((_key, value) => (value === "one" ? 1 : value))
      .on("decoded", (packet) => packets.push(packet))
      .add(text! as string);
    expect(packets).toMatchObject([{ data: ["a", 1] }]);
    expect(() => new Decoder({ maxAttachments: 1 }).add("52-[]")).toThrow("too many attachments");
  });

  it("drop a half-received packet on destroy", () => {
    const decoder = new Decoder();
    decoder.add('51-["a",{"_placeholder":true,"num":0}]');
    decoder.destroy();
    expect(() => decoder.add(Uint8Array.of(1))).toThrow("got binary data when not reconstructing a packet");
  });

  it("refuse what is neither text nor binary", () => {
    expect(() => new Decoder().add(5 as never)).toThrow("Unknown type: 5");
  });

  it("make up a custom parser themselves", () => {
    const parser = fromEmitterParser({ Encoder, Decoder });
    const decoder = parser.createDecoder();
    expect(messagesOf(parser.encode(binaryEvent)).map((message) => decoder.add(message))).toEqual([
      undefined,
      binaryEvent,
    ]);
  });
});

describe("a wrapped custom parser", () => {
  it.each<[string, unknown]>([
    ["socket.io-parser", stock],
    ["socket.io-msgpack-parser", stockMsgpack],
  ])("speaks as %s does", (name, module) => {
    const parser = fromEmitterParser(module as EmitterParser);
    const peer = name === "socket.io-parser" ? defaultParser : messagePackParser;
    for (const [from, to] of [
      [parser, peer],
      [peer, parser],
    ] as const) {
      const decoder = to.createDecoder();
      const results = messagesOf(from.encode(binaryEvent)).map((message) => decoder.add(message));
      expect(results.at(-1)).toEqual(binaryEvent);
      expect(decoder.pending).toBe(false);
    }
  });

  it("is pending while attachments are missing, and can be reset", () => {
    const decoder = fromEmitterParser(stock as unknown as EmitterParser).createDecoder();
    const [header, attachment] = messagesOf(defaultParser.encode(binaryEvent));
    decoder.add(header);
    expect(decoder.pending).toBe(true);
    decoder.reset();
    expect(decoder.pending).toBe(false);
    expect(() => decoder.add(attachment)).toThrow(ParseError);
  });

  it("is asked for one message without a list around it", () => {
    expect(fromEmitterParser(jsonParser).encode({ type: 1, nsp: "/" })).toBe('{"type":1,"nsp":"/"}');
  });

  it("goes on with a new decoder after a failure, with the error as the cause", () => {
    const decoder = fromEmitterParser(jsonParser).createDecoder();
    expect(() => decoder.add("{")).toThrow(
      expect.objectContaining({ code: "TELSIZ_PARSE_ERROR", cause: expect.any(SyntaxError) }),
    );
    expect(decoder.add('{"type":2,"nsp":"/","data":["a"]}')).toEqual({ type: 2, nsp: "/", data: ["a"] });
  });

  it.each([
    ['{"type":5,"nsp":"/","data":["a"]}', "invalid packet type"],
    ['{"type":2,"nsp":"a","data":["a"]}', "invalid namespace"],
    ['{"type":2,"nsp":"/","data":["a"],"id":-1}', "invalid packet id"],
    ['{"type":2,"nsp":"/","data":[]}', "invalid payload"],
    ['{"type":2,"nsp":"/","data":["connect"]}', "invalid payload"],
    ["null", "invalid packet type"],
  ])("has its packets checked: %s", (text, message) => {
    expect(() => fromEmitterParser(jsonParser).createDecoder().add(text)).toThrow(new ParseError(message));
  });

  it("may emit one packet for each message, and in time", () => {
    class Doubling extends JsonDecoder {
      override add(text: unknown): void {
        super.add(text);
        super.add(text);
      }
    }
    const decoder = fromEmitterParser({ Encoder: JsonEncoder, Decoder: Doubling }).createDecoder();
    expect(() => decoder.add('{"type":1,"nsp":"/"}')).toThrow("two packets for one message");

    const made: JsonDecoder[] = [];
    class Late extends JsonDecoder {
      override add(): void {
        made.push(this);
      }
    }
    fromEmitterParser({ Encoder: JsonEncoder, Decoder: Late }).createDecoder().add("x");
    expect(() => made[0]!.emit("decoded", { type: 1, nsp: "/" })).toThrow("after its add() had returned");
  });

  it("gets an ArrayBuffer where the platform's decoders expect one", () => {
    const received: unknown[] = [];
    class Recording extends JsonDecoder {
      override add(message: unknown): void {
        received.push(message);
      }
    }
    const decoder = fromEmitterParser({ Encoder: JsonEncoder, Decoder: Recording }).createDecoder(
      "arraybuffer",
    );
    decoder.add(Uint8Array.of(0, 1).subarray(1));
    decoder.add("text");
    expect(received).toEqual([Uint8Array.of(1).buffer, "text"]);
  });

  it("is told from our parsers, and from nothing", () => {
    expect(isEmitterParser(stock)).toBe(true);
    expect([defaultParser, createParser(), undefined, null, 5, {}].some(isEmitterParser)).toBe(false);
    expect(() => fromEmitterParser({} as EmitterParser)).toThrow(ParserOptionError);
  });
});
