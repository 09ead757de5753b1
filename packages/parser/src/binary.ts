/** What counts as binary, on every platform and from every realm. */

import { EncodeError } from "./errors.ts";

/** The part of a Blob or File that is needed to send it. */
export interface BlobLike {
  /** Length in bytes. */
  readonly size: number;
  /** Reads the bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

interface JsonValue {
  toJSON(): unknown;
}

/** The refusal of data that cannot be written without running out of stack, or at all. */
export function tooDeep(): EncodeError {
  return new EncodeError("the data contains itself, or nests deeper than maxDepth");
}

/** Whether `JSON.stringify` would ask the value for another one. */
export function convertsToJson(value: object): value is JsonValue {
  return typeof (value as Partial<JsonValue>).toJSON === "function";
}

/** Narrows to anything that is not a primitive value or a function. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether `value` itself is sent as an attachment. */
export function isBinary(value: object): value is ArrayBuffer | ArrayBufferView | BlobLike {
  // The two sorts of object that nearly all data consists of are told apart from binary without a closer look.
  if (Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value)) return false;
  return ArrayBuffer.isView(value) || isArrayBuffer(value) || isBlob(value);
}

/** Whether `value` is an ArrayBuffer of this or another realm, such as an iframe or a test runner's sandbox. */
export function isArrayBuffer(value: object): value is ArrayBuffer {
  return value instanceof ArrayBuffer || tagOf(value) === "[object ArrayBuffer]";
}

/** Whether `value` is a Blob or a File. */
export function isBlob(value: object): value is BlobLike {
  const tag = tagOf(value);
  if (tag !== "[object Blob]" && tag !== "[object File]") return false;
  return typeof (value as Partial<BlobLike>).arrayBuffer === "function";
}

/** The bytes that `binary` stands for, as they are and without a copy. */
export function toBytes(binary: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (binary instanceof Uint8Array) return binary;
  if (ArrayBuffer.isView(binary)) return new Uint8Array(binary.buffer, binary.byteOffset, binary.byteLength);
  return new Uint8Array(binary);
}

/** Just these bytes as an ArrayBuffer; copied only when they are a part of a larger one. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) return buffer;
  return new Uint8Array(bytes).buffer;
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}
