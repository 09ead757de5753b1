/** Bytes as the libraries take them. */

/** The same memory as a `Buffer`. */
export function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
