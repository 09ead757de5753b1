/** What `send` takes as a message. */
import { OptionError } from "@telsiz/events";
import type { Message } from "./packet.ts";

/** Text, or bytes in any of their forms. */
export type MessageInput = string | ArrayBuffer | ArrayBufferView;

/** The same message as text or `Uint8Array`. @throws OptionError if it is neither text nor bytes */
export function toMessage(data: unknown): Message {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new OptionError("data", "text or bytes", data);
}
