/** What the engine takes from Node: base64 and time. */
import type { Base64 } from "../shared/codec.ts";
import type { Clock } from "../shared/timer-wheel.ts";

/** Base64 by `Buffer`, whose decoder passes over what is not of the alphabet. */
export const nodeBase64: Base64 = {
  encode: (bytes) => asBuffer(bytes).toString("base64"),
  decode: (text) => Buffer.from(text, "base64"),
};

/** Monotonic time; its timers do not keep the process alive. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs).unref(),
  // The wheel gives back what `setTimeout` above returned.
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};

/** The same bytes as a `Buffer`. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
