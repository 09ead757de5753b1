/** Node.js. */
import { CookieJar } from "./cookie-jar.ts";
import type { Platform } from "./platform.ts";

/** The same memory as a `Buffer`. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
  createCookieStore: () => new CookieJar(),
  watchPage: () => () => {},
};
