/**
 * Binary leaves the data of an EVENT or ACK as attachments, each with a placeholder in its place, numbered depth first and
 * from left to right; on the other side it comes back. Socket.IO protocol, "Sending and receiving binary data".
 */

import { convertsToJson, isBinary, isBlob, isObject, toBytes, tooDeep } from "./binary.ts";
import { EncodeError, ParseError } from "./errors.ts";
import type { Attachment } from "./parser.ts";

/** Where an attachment belongs: `holder[key]`. */
export interface Slot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
  /** Where else it belongs, if that is allowed. */
  readonly next: Slot | undefined;
}

/**
 * Copies `data` with placeholders for binary, which is appended to `attachments`.
 * @throws {EncodeError} when the data nests deeper than `maxDepth`, or has an object that reads as a placeholder itself
 */
export function extractAttachments(data: unknown, attachments: Attachment[], maxDepth: number): unknown {
  return extract(data, attachments, maxDepth, true);
}

function extract(value: unknown, attachments: Attachment[], levels: number, mayConvert: boolean): unknown {
  if (!isObject(value)) return value;
  if (isBinary(value)) {
    const num = attachments.push(isBlob(value) ? value : toBytes(value)) - 1;
    return { _placeholder: true, num };
  }
  if (mayConvert && convertsToJson(value)) return extract(value.toJSON(), attachments, levels, false);
  if (levels === 0) throw tooDeep();
  if (Array.isArray(value)) return Array.from(value, (item) => extract(item, attachments, levels - 1, true));
  if (isBoxed(value)) return value;
  return extractFromObject(value as Record<string, unknown>, attachments, levels - 1);
}

function extractFromObject(
  object: Record<string, unknown>,
  attachments: Attachment[],
  levels: number,
): Record<string, unknown> {
  // The receiver could not tell it from a real one, and would hand out the attachment twice.
  if (isPlaceholder(object))
    throw new EncodeError("an object with _placeholder: true cannot be sent beside binary");
  // Without a prototype, so that a key named __proto__ is a key like any other.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    const item = object[key];
    // JSON leaves functions out; one named toJSON must not be called a second time.
    if (typeof item !== "function") copy[key] = extract(item, attachments, levels, true);
  }
  return copy;
}

function isBoxed(value: object): boolean {
  return value instanceof String || value instanceof Number || value instanceof Boolean;
}

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
): readonly (Slot | undefined)[] {
  const slots = new Array<Slot | undefined>(count).fill(undefined);
  const found = fillSlots(data, slots, exact);
  // As many as there are places, and none of them taken twice: all are filled.
  if (exact && found !== count) throw illegalAttachments();
  return slots;
}

function fillSlots(container: object, slots: (Slot | undefined)[], exact: boolean): number {
  const holder = container as Record<string, unknown>;
  let found = 0;
  for (const key of Object.keys(holder)) {
    const item = holder[key];
    if (!isObject(item)) continue;
    if (isPlaceholder(item)) {
      takeSlot(slots, item.num, holder, key, exact);
      found++;
    } else {
      found += fillSlots(item, slots, exact);
    }
  }
  return found;
}

function takeSlot(
  slots: (Slot | undefined)[],
  num: unknown,
  holder: Record<string, unknown>,
  key: string,
  exact: boolean,
): void {
  if (typeof num !== "number" || !(num in slots) || (exact && slots[num] !== undefined))
    throw illegalAttachments();
  slots[num] = { holder, key, next: slots[num] };
}

function isPlaceholder(value: object): value is { readonly num?: unknown } {
  return (value as { readonly _placeholder?: unknown })._placeholder === true;
}

function illegalAttachments(): ParseError {
  return new ParseError("illegal attachments");
}
