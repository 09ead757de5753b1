/**
 * Binary leaves the data of an EVENT or ACK as attachments, each with a placeholder in its place, numbered depth first and
 * from left to right; on the other side it comes back. Socket.IO protocol, "Sending and receiving binary data".
 */

import { convertsToJson, isBinary, isBlob, isObject, toBytes, tooDeep } from "./binary.ts";
import { ParseError } from "./errors.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { Attachment } from "./parser.ts";

/** What data comes to without its binary. */
export interface Extraction {
  /** The data itself if it has none; otherwise a copy with a placeholder for each. */
  rest: unknown;
  readonly attachments: Attachment[];
  /** Whether an object reads as a placeholder: beside binary, the receiver could not tell it from a real one. */
  forged: boolean;
}

/**
 * Takes binary out of `data`.
 * @throws {EncodeError} when the data contains itself, or nests deeper than `maxDepth`
 */
export function extractBinary(data: unknown, maxDepth: number): Extraction {
  const found: Extraction = { rest: data, attachments: [], forged: false };
  if (isObject(data)) found.rest = extract(data, found, maxDepth, true);
  return found;
}

/**
 * Whether `value` is or contains an ArrayBuffer, a view of one, a Blob or a File, also in what a `toJSON()` returns.
 *
 * @param value anything that can be emitted
 * @param maxDepth levels of nesting, 256 by default
 * @throws {EncodeError} when `value` nests deeper or contains itself
 */
export function hasBinary(value: unknown, maxDepth: number = DEFAULT_LIMITS.maxDepth): boolean {
  return extractBinary(value, maxDepth).attachments.length > 0;
}

/** @param mayConvert not for what a `toJSON()` returned: that of its own must not be called by `JSON.stringify` either */
function extract(value: object, found: Extraction, levels: number, mayConvert: boolean): unknown {
  if (isBinary(value)) {
    const num = found.attachments.push(isBlob(value) ? value : toBytes(value)) - 1;
    return { _placeholder: true, num };
  }
  if (mayConvert && convertsToJson(value)) {
    if (value instanceof Date) return value;
    const json = value.toJSON();
    return isObject(json) ? extract(json, found, levels, false) : json;
  }
  if (levels === 0) throw tooDeep();
  return Array.isArray(value)
    ? extractFromArray(value, found, levels - 1)
    : extractFromObject(value as Record<string, unknown>, found, levels - 1, !mayConvert);
}

// Loops over indexes and with for-in: every packet passes here on its way out, and they take half the time of the others.
function extractFromArray(array: readonly unknown[], found: Extraction, levels: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    if (!isObject(item)) continue;
    const rest = extract(item, found, levels, true);
    if (rest !== item) (copy ??= array.slice())[index] = rest;
  }
  return copy ?? array;
}

function extractFromObject(
  object: Record<string, unknown>,
  found: Extraction,
  levels: number,
  isConverted: boolean,
): object {
  let copy = isConverted ? plainCopy(object) : undefined;
  for (const key in object) {
    const item = object[key];
    if (item === true ? key !== "_placeholder" : !isObject(item)) continue;
    if (!Object.hasOwn(object, key)) continue;
    if (!isObject(item)) {
      found.forged = true;
      continue;
    }
    const rest = extract(item, found, levels, true);
    if (rest !== item) (copy ??= plainCopy(object))[key] = rest;
  }
  return copy ?? object;
}

/** Without a prototype, so that a key named `__proto__` is one like any other, and without functions, as in JSON. */
function plainCopy(object: Record<string, unknown>): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(object)) if (typeof object[key] !== "function") copy[key] = object[key];
  return copy;
}

/** Where an attachment belongs: `holder[key]`. */
export type Slot = readonly [holder: Record<string, unknown>, key: string];

/**
 * Finds the places of each attachment before the first has arrived.
 * @param data what came out of `JSON.parse`, its depth already checked
 * @param count attachments that are announced
 * @param exact whether each attachment must have exactly one place; otherwise it may have several, or none
 * @throws {ParseError} `illegal attachments`
 */
export function findSlots(
  data: readonly unknown[],
  count: number,
  exact: boolean,
): readonly (readonly Slot[])[] {
  const slots: Slot[][] = Array.from({ length: count }, () => []);
  fillSlots(data as unknown as Record<string, unknown>, slots);
  if (exact && slots.some(({ length }) => length !== 1)) throw illegalAttachments();
  return slots;
}

function fillSlots(holder: Record<string, unknown>, slots: readonly Slot[][]): void {
  for (const key of Object.keys(holder)) {
    const item = holder[key];
    if (!isObject(item)) continue;
    const { _placeholder: isPlaceholder, num } = item as { _placeholder?: unknown; num?: unknown };
    if (isPlaceholder !== true) {
      fillSlots(item as Record<string, unknown>, slots);
      continue;
    }
    const places = typeof num === "number" ? slots[num] : undefined;
    if (places === undefined) throw illegalAttachments();
    places.push([holder, key]);
  }
}

function illegalAttachments(): ParseError {
  return new ParseError("illegal attachments");
}
