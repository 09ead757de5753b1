/**
 * Both directions between this package's parsers and those in the style of `socket.io-parser`, which are a pair of classes
 * whose decoder emits `decoded`. Nothing else of the package depends on this file.
 */

import { isBinary, isBlob, isObject, toArrayBuffer, toBytes } from "./binary.ts";
import { createParser } from "./default-parser.ts";
import type { ParserOptions } from "./default-parser.ts";
import type { Reviver } from "./decode.ts";
import type { Replacer } from "./json-writer.ts";
import { EncodeError, ParseError, ParserOptionError } from "./errors.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { checkedPacket } from "./packet-rules.ts";
import type { Packet } from "./packet.ts";
import type { Attachment, BinaryType, Encoded, Message, PacketDecoder, Parser } from "./parser.ts";

/** The revision of the Socket.IO protocol, under the name it has in `socket.io-parser`. */
export const protocol = 5;

/** The writing half of a parser in the style of `socket.io-parser`: one instance for all connections. */
export class Encoder {
  readonly #parser: Parser;

  /** @param replacer second argument of `JSON.stringify` */
  constructor(replacer?: Replacer) {
    this.#parser = createParser({ replacer });
  }

  /**
   * Writes a packet.
   * @returns the text, followed by the attachments
   * @throws {EncodeError} when the peer could not read it back
   */
  encode(packet: Packet): (Message | Attachment)[] {
    const encoded = this.#parser.encode(packet);
    return isMessage(encoded) ? [encoded] : [...encoded];
  }
}

/** Listens to the packets of a {@link Decoder}. */
export type DecodedListener = (packet: Packet) => void;

/** Options of {@link Decoder}. */
export type DecoderOptions = Partial<Omit<ParserOptions, "replacer">>;

/** The reading half of a parser in the style of `socket.io-parser`: one instance for each connection. */
export class Decoder {
  readonly #decoder: PacketDecoder;
  #listeners: readonly DecodedListener[] = [];

  /** @param options limits and reviver, or the reviver alone */
  constructor(options: DecoderOptions | Reviver = {}) {
    this.#decoder = createParser(
      typeof options === "function" ? { reviver: options } : options,
    ).createDecoder();
  }

  /** Calls `listener` with each packet. `decoded` is the only event. */
  on(_event: "decoded", listener: DecodedListener): this {
    this.#listeners = [...this.#listeners, listener];
    return this;
  }

  /** Stops calling `listener`, or any listener when none is named. */
  off(_event?: "decoded", listener?: DecodedListener): this {
    this.#listeners = listener === undefined ? [] : this.#listeners.filter((other) => other !== listener);
    return this;
  }

  /**
   * Takes the next message; emits the packet that it completes.
   * @throws {ParseError} when it is no lawful packet
   */
  add(message: Message | ArrayBuffer | ArrayBufferView): void {
    const packet = this.#decoder.add(typeof message === "string" ? message : bytesOf(message));
    if (packet === undefined) return;
    for (const listener of this.#listeners) listener(packet);
  }

  /** Drops a half-received packet. */
  destroy(): void {
    this.#decoder.reset();
  }
}

/** A custom parser of Socket.IO, as its `parser` option takes it: for example the module `socket.io-msgpack-parser`. */
export interface EmitterParser {
  /** Made once for all connections. */
  readonly Encoder: new () => { encode(packet: Packet): readonly unknown[] };
  /** Made for each connection. */
  readonly Decoder: new () => EmitterDecoder;
}

/** The decoder of a custom parser. It MUST emit a packet within the `add` that completes it. */
export interface EmitterDecoder {
  /** Registers for `decoded`. */
  on(event: "decoded", listener: (packet: unknown) => void): unknown;
  /** Takes the next message. */
  add(message: unknown): void;
  /** Called when the connection is gone. */
  destroy?(): void;
}

/** Whether `value` looks like a custom parser of Socket.IO. */
export function isEmitterParser(value: unknown): value is EmitterParser {
  const { Encoder, Decoder } = Object(value) as { readonly Encoder?: unknown; readonly Decoder?: unknown };
  return typeof Encoder === "function" && typeof Decoder === "function";
}

/**
 * Turns a custom parser of Socket.IO into one of ours. Its packets are checked like those of the others.
 * @throws {ParserOptionError} when it does not have the two classes
 */
export function fromEmitterParser(custom: EmitterParser): Parser {
  if (!isEmitterParser(custom))
    throw new ParserOptionError("a custom parser must have the classes Encoder and Decoder");
  return wrapEmitterParser(custom);
}

/** As {@link fromEmitterParser}, for what is known to have the two classes. */
export function wrapEmitterParser({ Encoder, Decoder }: EmitterParser): Parser {
  const encoder = new Encoder();
  return {
    encode(packet: Packet): Encoded {
      const messages = encoder.encode(packet).map(toMessage);
      const [first] = messages;
      return messages.length === 1 && isMessage(first) ? first : messages;
    },
    createDecoder(binaryType: BinaryType = "uint8array"): PacketDecoder {
      return new WrappedDecoder(Decoder, binaryType);
    },
  };
}

/** One packet for each `add`, collected from the event; a failed or dropped decoder is replaced, since few can be reused. */
class WrappedDecoder implements PacketDecoder {
  readonly #Decoder: EmitterParser["Decoder"];
  readonly #binaryType: BinaryType;
  #decoder: EmitterDecoder | undefined;
  /** What the `add` under way has come to. */
  #packets: Packet[] | undefined;
  /** A custom decoder does not tell: taken to be so when its latest message completed nothing. */
  pending = false;

  constructor(Decoder: EmitterParser["Decoder"], binaryType: BinaryType) {
    this.#Decoder = Decoder;
    this.#binaryType = binaryType;
  }

  add(message: Message): Packet | undefined {
    const asArrayBuffer = this.#binaryType === "arraybuffer" && typeof message !== "string";
    const packets: Packet[] = (this.#packets = []);
    try {
      (this.#decoder ??= this._open()).add(asArrayBuffer ? toArrayBuffer(message) : message);
      if (packets.length > 1) throw new ParseError("a custom parser emitted two packets for one message");
    } catch (error) {
      this.reset();
      throw error instanceof ParseError ? error : new ParseError(messageOf(error), { cause: error });
    } finally {
      this.#packets = undefined;
    }
    this.pending = packets.length === 0;
    return packets[0];
  }

  reset(): void {
    this.#decoder?.destroy?.();
    this.#decoder = undefined;
    this.pending = false;
  }

  private _open(): EmitterDecoder {
    const decoder = new this.#Decoder();
    decoder.on("decoded", (packet) => {
      if (this.#packets === undefined)
        throw new ParseError("a custom parser emitted a packet after its add() had returned");
      this.#packets.push(checkedPacket(packet, DEFAULT_LIMITS.maxNamespaceLength));
    });
    return decoder;
  }
}

function toMessage(output: unknown): Message | Attachment {
  if (typeof output === "string") return output;
  if (isObject(output) && isBinary(output)) return isBlob(output) ? output : toBytes(output);
  throw new EncodeError("a custom parser wrote something that is neither text nor binary");
}

function isMessage(output: Encoded | Attachment | undefined): output is Message {
  return typeof output === "string" || output instanceof Uint8Array;
}

/** As received when it is no binary at all, for the decoder to refuse. */
function bytesOf(message: ArrayBuffer | ArrayBufferView): Uint8Array {
  const binary: unknown = message;
  return isObject(binary) && isBinary(binary) && !isBlob(binary) ? toBytes(binary) : (binary as Uint8Array);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
