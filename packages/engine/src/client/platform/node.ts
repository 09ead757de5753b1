/** Node.js. */
import { DEFAULT_MAX_PAYLOAD } from "../network-options.ts";
import { CookieJar } from "./cookie-jar.ts";
import type { Platform } from "./platform.ts";

/** The same memory as a `Buffer`. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function readText(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number = DEFAULT_MAX_PAYLOAD,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`The answer is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Node.js as a platform. */
export const nodePlatform: Platform = {
  base64: {
    encode: (bytes) => toBuffer(bytes).toString("base64"),
    decode: (text) => Buffer.from(text, "base64"),
  },
  clock: {
    now: () => performance.now(),
    setTimeout: (callback, delayMs) => setTimeout(callback, delayMs).unref(),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
  },
  location: undefined,
  binaryType: "nodebuffer",
  afterTurn: (callback) => void setImmediate(callback),
  toBytes: toBuffer,
  readText,
  createCookieStore: () => new CookieJar(),
  watchPage: () => () => {},
};
