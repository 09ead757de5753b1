/** What `send` takes as a message. */
import type { Message } from "../shared/packet.ts";

/** Text, or bytes in any of their forms. */
export type MessageInput = string | ArrayBuffer | ArrayBufferView;

/** The same message as text or `Uint8Array`; any other value that a JavaScript caller gives becomes text. */
export function toMessage(data: unknown): Message {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return data === undefined || data === null ? "" : String(data as string);
}
