/** The forms that binary messages have outside the engine, where inside they are always bytes. */
import type { MessageInput } from "../shared/message-input.ts";
import type { Message } from "../shared/packet.ts";
import type { BinaryType } from "./platform/platform.ts";

/** A `Blob` or `File`, as far as the engine cares. */
export interface BlobLike {
  /** Its length in bytes. */
  readonly size: number;
  /** Its bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What `send` takes. */
export type MessageData = MessageInput | BlobLike;

/** What `message` listeners get: text, or bytes in the form that `binaryType` names. */
export type ReceivedData = string | Uint8Array | ArrayBuffer | BlobLike;

/** Whether it has to be read before it can be sent. */
export function isBlob(data: unknown): data is BlobLike {
  return (
    typeof data === "object" &&
    data !== null &&
    "arrayBuffer" in data &&
    typeof data.arrayBuffer === "function"
  );
}

/** A received message as `binaryType` asks for it. */
export function present(message: Message, binaryType: BinaryType): ReceivedData {
  if (typeof message === "string" || binaryType === "nodebuffer") return message;
  // A copy: a view of a part of its buffer must not give away the rest.
  const bytes = new Uint8Array(message);
  return binaryType === "blob" ? new Blob([bytes]) : bytes.buffer;
}
