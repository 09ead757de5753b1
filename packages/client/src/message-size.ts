/** How long messages are. The server says in its handshake how much it takes: it would end the connection for more. */
import type { Encoded } from "@telsiz/parser";
import { TooLargeError } from "./errors.ts";

const utf8 = new TextEncoder();

/** @param base64 whether bytes travel as text @throws TooLargeError */
export function checkSize(encoded: Encoded, maxPayload: number, base64: boolean): void {
  if (typeof encoded === "string" && encoded.length * 3 < maxPayload) return; // no character takes more bytes
  const messages = typeof encoded === "string" || encoded instanceof Uint8Array ? [encoded] : encoded;
  for (const message of messages) {
    const size = wireSize(message, base64);
    if (size > maxPayload) throw new TooLargeError(size, maxPayload);
  }
}

/** The length of a packet, in characters of its text and bytes of its attachments. */
export function lengthOf(encoded: Encoded): number {
  if (typeof encoded === "string" || encoded instanceof Uint8Array) return encoded.length;
  return encoded.reduce((sum, message) => sum + partLength(message), 0);
}

/** A part of a message: text, bytes, or a Blob. */
type Part = string | { readonly length?: number; readonly size?: number };

function partLength(part: Part): number {
  if (typeof part === "string") return part.length;
  const { length, size = length ?? 0 } = part;
  return size;
}

function wireSize(message: Part, base64: boolean): number {
  if (typeof message === "string") return 1 + utf8.encode(message).length;
  const size = partLength(message);
  return base64 ? 1 + Math.ceil(size / 3) * 4 : size;
}
