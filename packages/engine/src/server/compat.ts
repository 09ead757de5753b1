/** Names of the `engine.io` package for programs that use the engine alone. Nothing else of this package depends on this file. */
import { receivePacket, toText } from "../shared/codec.ts";
import {
  controlPacket,
  type ControlType,
  type Message,
  messagePacket,
  type WirePacket,
} from "../shared/packet.ts";
import { controlView, type PacketView } from "../shared/packet-view.ts";
import { encodePayload, PayloadReader } from "../shared/payload.ts";
import { AnyTransport } from "../shared/any-transport.ts";
import type { Transport as AnyServerTransport } from "../shared/transport.ts";
import { asBuffer, nodeBase64 } from "./node-platform.ts";
import { FramedWebSocket } from "./transports/framed-websocket.ts";
import { PollingTransport } from "./transports/polling.ts";

/** What carries a session. */
export type Transport = AnyServerTransport;

/** For `instanceof`. Instances are made by the server alone. */
export const Transport: abstract new (...parts: never[]) => Transport = AnyTransport as never; // for `instanceof`, it is one

/** What carries sessions, by the name that requests have for it. Instances are made by the server alone. */
export const transports: {
  readonly [name in "polling" | "websocket"]: abstract new (...parts: never[]) => Transport;
} = { polling: PollingTransport, websocket: FramedWebSocket };

/** A packet as the parser takes and gives it. */
export interface ParserPacket {
  /** What it is; `error` if it could not be read. */
  readonly type: PacketView["type"] | "error";
  /** What it carries, if anything. */
  readonly data?: Message | ArrayBuffer;
}

/** The form in which the parser gives bytes. */
export type ParserBinaryType = "nodebuffer" | "arraybuffer";

/** Packets to wire form and back, with the functions of `engine.io-parser`. */
export interface EngineParser {
  /** Revision of the protocol. */
  readonly protocol: 4;
  /**
   * Writes a packet.
   * @param supportsBinary whether bytes may be given as they are; otherwise they become base64
   * @param callback called before it returns
   */
  encodePacket(packet: ParserPacket, supportsBinary: boolean, callback: (encoded: WirePacket) => void): void;
  /** Writes the body of a polling request or answer. @param callback called before it returns */
  encodePayload(packets: readonly ParserPacket[], callback: (encoded: string) => void): void;
  /** Reads a packet; the type is `error` if it is none. @param binaryType the form of bytes; default: `nodebuffer` */
  decodePacket(encoded: WirePacket | ArrayBuffer, binaryType?: ParserBinaryType): ParserPacket;
  /** Reads a body up to its end, or to what is no packet, which is the last then. */
  decodePayload(encoded: string, binaryType?: ParserBinaryType): ParserPacket[];
}

const NO_PACKET: ParserPacket = { type: "error", data: "parser error" };

/** The parser of the engine, as the `engine.io` package exports it. */
export const parser: EngineParser = {
  protocol: 4,
  encodePacket(packet, supportsBinary, callback) {
    const wire = wireFormOf(packet);
    callback(supportsBinary ? wire : toText(wire, nodeBase64));
  },
  encodePayload(packets, callback) {
    callback(encodePayload(packets.map(wireFormOf), nodeBase64));
  },
  decodePacket(encoded, binaryType = "nodebuffer") {
    let packet = NO_PACKET;
    const wire = encoded instanceof ArrayBuffer ? new Uint8Array(encoded) : encoded;
    try {
      receivePacket(
        wire,
        {
          onMessage: (data) => (packet = messageOf(data, binaryType)),
          onControl: (type, data) => (packet = controlView(type, data)),
        },
        nodeBase64,
      );
    } catch {
      return NO_PACKET;
    }
    return packet;
  },
  decodePayload(encoded, binaryType) {
    const packets: ParserPacket[] = [];
    const reader = new PayloadReader(encoded);
    for (let wire = reader.next(); wire !== undefined; wire = reader.next()) {
      const packet = parser.decodePacket(wire, binaryType);
      packets.push(packet);
      if (packet.type === "error") break;
    }
    return packets;
  },
};

function wireFormOf({ type, data = "" }: ParserPacket): WirePacket {
  if (typeof data !== "string") return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  return type === "message" ? messagePacket(data) : controlPacket(type as ControlType, data);
}

function messageOf(data: Message, binaryType: ParserBinaryType): ParserPacket {
  if (typeof data === "string") return data === "" ? { type: "message" } : { type: "message", data };
  return {
    type: "message",
    data: binaryType === "arraybuffer" ? new Uint8Array(data).buffer : asBuffer(data),
  };
}
