/** The tagged values of vectors.json: what JSON has no form for, as single-key objects. See "conventions" there. */

type Tags = Readonly<Record<string, unknown>>;

/** Builds the value that a recorded one stands for. */
export function fromTagged(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return arrayFromTagged(value);
  const tag = Object.keys(value)[0];
  const build = tag?.startsWith("$") === true ? builders[tag] : undefined;
  if (build !== undefined) return build(value as Tags);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromTagged(item)]));
}

function arrayFromTagged(items: readonly unknown[]): unknown[] {
  const array: unknown[] = [];
  items.forEach((item, index) => {
    if (!isHole(item)) array[index] = fromTagged(item);
  });
  return array;
}

function isHole(item: unknown): boolean {
  return typeof item === "object" && item !== null && "$hole" in item;
}

const builders: Readonly<Record<string, (tags: Tags) => unknown>> = {
  $bin: (tags) => binary(Buffer.from(tags["$bin"] as string, "hex"), tags["as"] as string | undefined),
  $undef: () => undefined,
  $num: (tags) => Number(tags["$num"]),
  $date: (tags) => new Date(tags["$date"] as string),
  $bigint: (tags) => BigInt(tags["$bigint"] as string),
  $fn: () => () => undefined,
  $symbol: (tags) => Symbol(tags["$symbol"] as string),
  $map: (tags) => new Map(tags["$map"] as [unknown, unknown][]),
  $set: (tags) => new Set(tags["$set"] as unknown[]),
  $regexp: (tags) => new RegExp(tags["$regexp"] as string),
  $error: (tags) => new Error(tags["$error"] as string),
  $toJSON: (tags) => ({ toJSON: () => fromTagged(tags["$toJSON"]) }),
  $nullproto: (tags) => Object.assign(Object.create(null) as object, tags["$nullproto"]),
  $boxed: (tags) => Object(tags["$boxed"]),
  $circular: () => circular(),
  $deep: (tags) => nested(tags["$deep"] as number),
  $repeat: (tags) => (tags["$repeat"] as string).repeat(tags["times"] as number),
  $getter: () => ({
    get x() {
      return 42;
    },
  }),
};

function binary(bytes: Buffer, as = "Buffer"): unknown {
  if (as === "Buffer") return bytes;
  if (as === "BufferSlice")
    return Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(3)]).subarray(3, 3 + bytes.length);
  const memory =
    as === "SharedArrayBuffer" ? new SharedArrayBuffer(bytes.length) : new ArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  if (memory instanceof SharedArrayBuffer || as === "ArrayBuffer") return memory;
  const View = (globalThis as unknown as Record<string, new (memory: ArrayBuffer) => unknown>)[as];
  if (View === undefined) throw new Error(`no such view: ${as}`);
  return new View(memory);
}

function circular(): object {
  const value: Record<string, unknown> = {};
  value["self"] = value;
  return value;
}

/** `levels` arrays around a 1. */
export function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

/** The tagged form of what a decoder returned. */
export function toTagged(value: unknown): unknown {
  if (value === undefined) return { $undef: 1 };
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { $num: numberTag(value) };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Buffer.isBuffer(value)) return { $bin: value.toString("hex") };
  if (value instanceof ArrayBuffer) return { $bin: Buffer.from(value).toString("hex"), as: "ArrayBuffer" };
  if (value instanceof Uint8Array) return { $bin: Buffer.from(value).toString("hex"), as: "Uint8Array" };
  if (Array.isArray(value)) return value.map(toTagged);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toTagged(item)]));
}

function numberTag(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Leaves out which class the bytes have, which the wire does not carry. */
export function withoutViews(tagged: unknown): unknown {
  if (typeof tagged !== "object" || tagged === null) return tagged;
  if (Array.isArray(tagged)) return tagged.map(withoutViews);
  if ("$bin" in tagged) return { $bin: tagged.$bin };
  return Object.fromEntries(Object.entries(tagged).map(([key, item]) => [key, withoutViews(item)]));
}
