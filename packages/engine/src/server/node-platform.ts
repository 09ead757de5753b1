/** What the engine takes from Node: base64 and time. */
import type { Base64 } from "../shared/codec.ts";
import type { WheelClock } from "../shared/timer-wheel.ts";

/** Base64 by `Buffer`, whose decoder passes over what is not of the alphabet. */
export const nodeBase64: Base64 = {
  encode: (bytes) => asBuffer(bytes).toString("base64"),
  decode: (text) => Buffer.from(text, "base64"),
};

/** Monotonic time; its timers do not keep the process alive. */
export const nodeClock: WheelClock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs).unref(),
  // The wheel gives back what `setTimeout` above returned.
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
  afterInput: (callback) => afterTurns(INPUT_TURNS, callback),
};

/** Turns of the event loop until a waiting connection is accepted, and its request and the request's body are read. */
const INPUT_TURNS = 4;

function afterTurns(turns: number, callback: () => void): void {
  setImmediate(() => (turns === 1 ? callback() : afterTurns(turns - 1, callback)));
}

/** The same bytes as a `Buffer`. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
