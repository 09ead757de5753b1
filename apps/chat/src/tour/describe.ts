/** Values in words, on either side: binary by its class and bytes, everything else as JSON. */

export function describe(value: unknown): string {
  if (typeof value === "function") return "ƒ";
  if (value instanceof ArrayBuffer) return `ArrayBuffer ${hex(new Uint8Array(value))}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${hex(asBytes(value))}`;
  if (Array.isArray(value)) return `[${describeAll(value)}]`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value).map(describeField).join(", ")} }`;
  return value === undefined ? "undefined" : JSON.stringify(value);
}

/** An argument list, or the elements of an array. */
export function describeAll(values: readonly unknown[]): string {
  return values.map(describe).join(", ");
}

function describeField([key, value]: [string, unknown]): string {
  return `${key}: ${describe(value)}`;
}

function asBytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
