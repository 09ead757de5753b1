/** How large and how deep the arguments of an event are: told before a validator works on them. */
import type { ContractLimits } from "./definition.ts";

type Nested = Readonly<Record<string, unknown>>;

/**
 * Which limit the arguments exceed, if one. Each value counts 1, texts and property names their length on top, and
 * binary, which is not looked into, its bytes.
 */
export function exceeded(
  args: readonly unknown[],
  { maxDepth = Infinity, maxSize = Infinity }: ContractLimits,
): "TOO_LARGE" | "TOO_DEEP" | undefined {
  let size = 0;
  // One round for each depth, not one call, so that no argument can use up the stack.
  let level = args;
  for (let depth = 1; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      size += 1 + lengthOf(value);
      if (size > maxSize) return "TOO_LARGE";
      if (!isNested(value)) continue;
      if (depth > maxDepth) return "TOO_DEEP";
      size += open(value, next);
    }
    level = next;
  }
  return undefined;
}

/** Adds what a value consists of to `parts`. @returns the length of its property names */
function open(value: Nested | readonly unknown[], parts: unknown[]): number {
  if (Array.isArray(value)) {
    for (const part of value as readonly unknown[]) parts.push(part);
    return 0;
  }
  let names = 0;
  for (const [name, part] of Object.entries(value)) {
    names += name.length;
    parts.push(part);
  }
  return names;
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  return value instanceof Blob ? value.size : 0;
}

function isNested(value: unknown): value is Nested | readonly unknown[] {
  if (typeof value !== "object" || value === null) return false;
  return !(ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Blob);
}
