/** MessagePack to value, strict about lengths: no memory is taken on the word of the sender. Counterpart of msgpack-encode. */

import { toArrayBuffer } from "./binary.ts";
import { ParseError } from "./errors.ts";
import type { BinaryType } from "./parser.ts";

const TWO_TO_32 = 0x1_0000_0000;

/**
 * Decodes one value that fills `bytes`.
 * @throws {ParseError} `Could not parse`, `<n> trailing bytes`
 */
export function decodeMessagePack(bytes: Uint8Array, maxDepth: number, binaryType: BinaryType): unknown {
  const reader = new Reader(bytes, binaryType);
  const value = readValue(reader, maxDepth);
  if (reader.remaining > 0) throw new ParseError(`${reader.remaining} trailing bytes`);
  return value;
}

/** A position in the bytes. Every step forward is checked. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #binaryType: BinaryType;
  #at = 0;

  constructor(bytes: Uint8Array, binaryType: BinaryType) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#binaryType = binaryType;
  }

  get remaining(): number {
    return this.#bytes.byteLength - this.#at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#pass(1));
  }
  uint16(): number {
    return this.#view.getUint16(this.#pass(2));
  }
  uint32(): number {
    return this.#view.getUint32(this.#pass(4));
  }
  /** Rounded beyond 53 bits. */
  uint64(): number {
    return this.uint32() * TWO_TO_32 + this.uint32();
  }
  int8(): number {
    return this.#view.getInt8(this.#pass(1));
  }
  int16(): number {
    return this.#view.getInt16(this.#pass(2));
  }
  int32(): number {
    return this.#view.getInt32(this.#pass(4));
  }
  /** Rounded beyond 53 bits. */
  int64(): number {
    return this.int32() * TWO_TO_32 + this.uint32();
  }
  float32(): number {
    return this.#view.getFloat32(this.#pass(4));
  }
  float64(): number {
    return this.#view.getFloat64(this.#pass(8));
  }

  string(length: number): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#take(length));
  }
  /** A part of the message itself, of its own kind: a Buffer of a Buffer. */
  binary(length: number): Uint8Array | ArrayBuffer {
    const bytes = this.#take(length);
    return this.#binaryType === "arraybuffer" ? toArrayBuffer(bytes) : bytes;
  }
  arrayBuffer(length: number): ArrayBuffer {
    return toArrayBuffer(this.#take(length));
  }

  #take(length: number): Uint8Array {
    const start = this.#pass(length);
    return this.#bytes.subarray(start, this.#at);
  }

  #pass(length: number): number {
    if (length > this.remaining) throw unparsable();
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

function readValue(reader: Reader, levels: number): unknown {
  const marker = reader.uint8();
  if (marker < 0x80) return marker;
  if (marker < 0x90) return readMap(reader, marker & 0x0f, levels);
  if (marker < 0xa0) return readArray(reader, marker & 0x0f, levels);
  if (marker < 0xc0) return reader.string(marker & 0x1f);
  if (marker >= 0xe0) return marker - 0x100;
  return readMarked(reader, marker, levels);
}

function readMarked(reader: Reader, marker: number, levels: number): unknown {
  switch (marker) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
      return reader.binary(reader.uint8());
    case 0xc5:
      return reader.binary(reader.uint16());
    case 0xc6:
      return reader.binary(reader.uint32());
    case 0xd9:
      return reader.string(reader.uint8());
    case 0xda:
      return reader.string(reader.uint16());
    case 0xdb:
      return reader.string(reader.uint32());
    case 0xdc:
      return readArray(reader, reader.uint16(), levels);
    case 0xdd:
      return readArray(reader, reader.uint32(), levels);
    case 0xde:
      return readMap(reader, reader.uint16(), levels);
    case 0xdf:
      return readMap(reader, reader.uint32(), levels);
    default:
      return marker < 0xca || (marker >= 0xd4 && marker <= 0xd8)
        ? readExtension(reader, marker)
        : readNumber(reader, marker);
  }
}

function readNumber(reader: Reader, marker: number): number {
  switch (marker) {
    case 0xca:
      return reader.float32();
    case 0xcb:
      return reader.float64();
    case 0xcc:
      return reader.uint8();
    case 0xcd:
      return reader.uint16();
    case 0xce:
      return reader.uint32();
    case 0xcf:
      return reader.uint64();
    case 0xd0:
      return reader.int8();
    case 0xd1:
      return reader.int16();
    case 0xd2:
      return reader.int32();
    case 0xd3:
      return reader.int64();
    default:
      throw unparsable();
  }
}

/** The three meanings of extension type 0. No other type is ever sent. */
function readExtension(reader: Reader, marker: number): unknown {
  switch (marker) {
    case 0xc7:
      return readArrayBuffer(reader, reader.uint8());
    case 0xc8:
      return readArrayBuffer(reader, reader.uint16());
    case 0xc9:
      return readArrayBuffer(reader, reader.uint32());
    case 0xd4:
      expectTypeZero(reader);
      reader.uint8();
      return undefined;
    case 0xd7:
      expectTypeZero(reader);
      return new Date(reader.int64());
    default:
      throw unparsable();
  }
}

function readArrayBuffer(reader: Reader, length: number): ArrayBuffer {
  expectTypeZero(reader);
  return reader.arrayBuffer(length);
}

function expectTypeZero(reader: Reader): void {
  if (reader.int8() !== 0) throw unparsable();
}

function readArray(reader: Reader, length: number, levels: number): unknown[] {
  // An element takes one byte at least.
  if (levels === 0 || length > reader.remaining) throw unparsable();
  const array: unknown[] = [];
  for (let index = 0; index < length; index++) array.push(readValue(reader, levels - 1));
  return array;
}

function readMap(reader: Reader, size: number, levels: number): Record<string, unknown> {
  if (levels === 0 || size > reader.remaining) throw unparsable();
  const map: Record<string, unknown> = {};
  for (let index = 0; index < size; index++) {
    const key = readKey(reader);
    const value = readValue(reader, levels - 1);
    if (key === "__proto__") defineOwn(map, key, value);
    else map[key] = value;
  }
  return map;
}

/** Peers in other languages may have numbers as keys. A container as key is refused: no level is left for it. */
function readKey(reader: Reader): string {
  const key = readValue(reader, 0);
  if (typeof key === "string") return key;
  if (typeof key === "number") return String(key);
  throw unparsable();
}

/** As `JSON.parse` does it: assigned, it would become the prototype. */
function defineOwn(map: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}

function unparsable(): ParseError {
  return new ParseError("Could not parse");
}
