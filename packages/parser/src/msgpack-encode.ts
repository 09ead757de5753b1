/**
 * Value to MessagePack, with the same choices as the codec behind `socket.io-msgpack-parser`: the shortest integer, floats
 * always in 64 bits, and extension type 0 for `undefined` (1 byte), dates (8 bytes, milliseconds) and ArrayBuffers.
 */

import { convertsToJson, isArrayBuffer, isBlob, toBytes, tooDeep } from "./binary.ts";
import { EncodeError } from "./errors.ts";
import { ByteWriter } from "./msgpack-bytes.ts";

/**
 * Encodes `value`.
 * @throws {EncodeError} `Could not encode` for a function, symbol or BigInt; when it nests deeper than `maxDepth`; for a Blob
 */
export function encodeMessagePack(value: unknown, maxDepth: number): Uint8Array {
  const out = new ByteWriter();
  writeValue(out, value, maxDepth);
  return out.finish();
}

function writeValue(out: ByteWriter, value: unknown, levels: number): void {
  switch (typeof value) {
    case "string":
      return writeString(out, value);
    case "number":
      return writeNumber(out, value);
    case "boolean":
      return out.writeUint8(value ? 0xc3 : 0xc2);
    case "undefined":
      return writeUndefined(out);
    case "object":
      return value === null ? out.writeUint8(0xc0) : writeObject(out, value, levels);
    default:
      throw new EncodeError("Could not encode");
  }
}

function writeUndefined(out: ByteWriter): void {
  out.writeUint8(0xd4);
  out.writeUint16(0);
}

function writeNumber(out: ByteWriter, value: number): void {
  if (!Number.isSafeInteger(value)) {
    out.writeUint8(0xcb);
    out.writeFloat64(value);
  } else if (value >= 0) {
    writeUnsigned(out, value);
  } else {
    writeNegative(out, value);
  }
}

function writeUnsigned(out: ByteWriter, value: number): void {
  if (value < 0x80) return out.writeUint8(value);
  if (value < 0x1_0000_0000) return writeHead(out, value, 0xcc, 0xcd, 0xce);
  out.writeUint8(0xcf);
  out.writeInt64(value);
}

function writeNegative(out: ByteWriter, value: number): void {
  if (value >= -0x20) return out.writeUint8(value);
  if (value >= -0x80) {
    out.writeUint8(0xd0);
    out.writeUint8(value);
  } else if (value >= -0x8000) {
    out.writeUint8(0xd1);
    out.writeUint16(value);
  } else if (value >= -0x8000_0000) {
    out.writeUint8(0xd2);
    out.writeUint32(value);
  } else {
    out.writeUint8(0xd3);
    out.writeInt64(value);
  }
}

/** A marker that says in how many bytes the number after it is written, and the number. */
function writeHead(
  out: ByteWriter,
  count: number,
  in8Bits: number,
  in16Bits: number,
  in32Bits: number,
): void {
  if (count < 0x100) {
    out.writeUint8(in8Bits);
    out.writeUint8(count);
  } else if (count < 0x1_0000) {
    out.writeUint8(in16Bits);
    out.writeUint16(count);
  } else {
    out.writeUint8(in32Bits);
    out.writeUint32(count);
  }
}

function writeString(out: ByteWriter, text: string): void {
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength < 0x20) out.writeUint8(0xa0 | bytes.byteLength);
  else writeHead(out, bytes.byteLength, 0xd9, 0xda, 0xdb);
  out.writeBytes(bytes);
}

function writeObject(out: ByteWriter, value: object, levels: number): void {
  if (value instanceof Date) return writeDate(out, value);
  if (ArrayBuffer.isView(value) || isArrayBuffer(value)) return writeBinary(out, value);
  if (isBlob(value))
    throw new EncodeError("MessagePack cannot carry a Blob: send what its arrayBuffer() gives");
  // Levels go down here too: a toJSON() that gives another such object would otherwise go on for ever.
  if (levels === 0) throw tooDeep();
  if (convertsToJson(value)) return writeValue(out, value.toJSON(), levels - 1);
  if (Array.isArray(value)) return writeArray(out, value, levels - 1);
  writeMap(out, value as Record<string, unknown>, levels - 1);
}

function writeDate(out: ByteWriter, date: Date): void {
  out.writeUint8(0xd7);
  out.writeUint8(0);
  out.writeInt64(date.getTime());
}

/** A Buffer arrives as a Buffer, other binary on Node.js as an ArrayBuffer; browsers know only the first form. */
function writeBinary(out: ByteWriter, value: ArrayBuffer | ArrayBufferView): void {
  const bytes = toBytes(value);
  if (hasBuffers() && !isBuffer(value)) {
    writeHead(out, bytes.byteLength, 0xc7, 0xc8, 0xc9);
    out.writeUint8(0);
  } else {
    writeHead(out, bytes.byteLength, 0xc4, 0xc5, 0xc6);
  }
  out.writeBytes(bytes);
}

/** Node.js, Bun and Deno have it; a browser's bundle must not be given one. */
type BufferHolder = { readonly Buffer?: { isBuffer(value: unknown): boolean } };

function hasBuffers(): boolean {
  return (globalThis as BufferHolder).Buffer !== undefined;
}

function isBuffer(value: unknown): boolean {
  return (globalThis as BufferHolder).Buffer?.isBuffer(value) === true;
}

function writeArray(out: ByteWriter, array: readonly unknown[], levels: number): void {
  if (array.length < 0x10) out.writeUint8(0x90 | array.length);
  else if (array.length < 0x1_0000) writeHead16(out, 0xdc, array.length);
  else writeHead32(out, 0xdd, array.length);
  for (const item of array) writeValue(out, item, levels);
}

function writeMap(out: ByteWriter, map: Record<string, unknown>, levels: number): void {
  const keys = Object.keys(map).filter((key) => typeof map[key] !== "function");
  if (keys.length < 0x10) out.writeUint8(0x80 | keys.length);
  else if (keys.length < 0x1_0000) writeHead16(out, 0xde, keys.length);
  else writeHead32(out, 0xdf, keys.length);
  for (const key of keys) {
    writeString(out, key);
    writeValue(out, map[key], levels);
  }
}

function writeHead16(out: ByteWriter, marker: number, count: number): void {
  out.writeUint8(marker);
  out.writeUint16(count);
}

function writeHead32(out: ByteWriter, marker: number, count: number): void {
  out.writeUint8(marker);
  out.writeUint32(count);
}
