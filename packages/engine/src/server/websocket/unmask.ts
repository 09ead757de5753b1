/** Takes the mask off a payload, in place (RFC 6455 §5.3). */

/** From this length on, whole words pay for the view that they need. */
const WORDS_FROM = 256;

const NOT_ASCII = 0x80;
const NO_ASCII_WORD = 0x80808080;

/** Whether words of this machine begin with their lowest byte. */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * Unmasks the bytes from `start` to `end`.
 * @param mask the four bytes of the mask, the first in the highest bits
 * @param phase how many payload bytes of the frame came before, modulo 4
 * @returns whether all of them are ASCII
 */
export function unmask(bytes: Uint8Array, start: number, end: number, mask: number, phase: number): boolean {
  const turned = rotate(mask, phase);
  if (end - start < WORDS_FROM || !LITTLE_ENDIAN) return unmaskBytes(bytes, start, end, turned) < NOT_ASCII;
  // Up to the next whole word of memory byte by byte, then word by word.
  const lead = -(bytes.byteOffset + start) & 3;
  const count = (end - start - lead) >> 2;
  const middle = start + lead;
  const rest = middle + count * 4;
  const aligned = rotate(turned, lead & 3);
  const seen =
    unmaskBytes(bytes, start, middle, turned) |
    unmaskWords(new Uint32Array(bytes.buffer, bytes.byteOffset + middle, count), swap(aligned)) |
    unmaskBytes(bytes, rest, end, aligned);
  return seen < NOT_ASCII;
}

/** @returns all bytes joined by "or" */
function unmaskBytes(bytes: Uint8Array, start: number, end: number, mask: number): number {
  const first = mask >>> 24;
  const second = (mask >>> 16) & 0xff;
  const third = (mask >>> 8) & 0xff;
  const fourth = mask & 0xff;
  const whole = end - ((end - start) & 3);
  let seen = 0;
  let at = start;
  for (; at < whole; at += 4) {
    seen |=
      (bytes[at]! ^= first) |
      (bytes[at + 1]! ^= second) |
      (bytes[at + 2]! ^= third) |
      (bytes[at + 3]! ^= fourth);
  }
  if (at < end) seen |= bytes[at]! ^= first;
  if (at + 1 < end) seen |= bytes[at + 1]! ^= second;
  if (at + 2 < end) seen |= bytes[at + 2]! ^= third;
  return seen;
}

/** @returns a byte that is not ASCII if one of the words had any */
function unmaskWords(words: Uint32Array, mask: number): number {
  let seen = 0;
  for (let index = 0; index < words.length; index++) seen |= words[index]! ^= mask;
  return (seen & NO_ASCII_WORD) === 0 ? 0 : NOT_ASCII;
}

/** Begins `count` bytes further on. */
function rotate(mask: number, count: number): number {
  return count === 0 ? mask : (mask << (8 * count)) | (mask >>> (32 - 8 * count));
}

function swap(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | ((word >>> 24) & 0xff);
}
