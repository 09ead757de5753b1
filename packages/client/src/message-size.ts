/** Refuses what the server would end the connection for: it says in its handshake how much it takes. */
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

function wireSize(
  message: string | { readonly length?: number; readonly size?: number },
  base64: boolean,
): number {
  if (typeof message === "string") return 1 + utf8.encode(message).length;
  const { length, size = length ?? 0 } = message; // bytes, or a Blob
  return base64 ? 1 + Math.ceil(size / 3) * 4 : size;
}
