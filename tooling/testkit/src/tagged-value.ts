/** The tags with which the recorded vectors write values that JSON has no words for. */

/** Turns the tags in a recorded value into what they stand for. Only those that exchanges hold are known. */
export function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag);
  if (typeof value !== "object" || value === null) return value;
  const [first] = Object.entries<unknown>({ ...value });
  if (first === undefined) return value;
  const [tag, content] = first;
  if (tag === "$bin") return Buffer.from(content as string, "hex");
  if (tag === "$undef") return undefined;
  if (tag === "$date") return new Date(content as string);
  if (tag === "$fn") return FUNCTION;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, untag(each)]));
}

/** Stands for a function: {@link describeValue} writes it for one. */
const FUNCTION = "<function>";

/** A value as it compares with an untagged one: bytes as Buffer whatever they came in, functions by name. */
export function describeValue(value: unknown): unknown {
  if (typeof value === "function") return FUNCTION;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(describeValue);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, describeValue(each)]));
}

/** The opposite of {@link untag}: a value as the recordings write it. */
export function tag(value: unknown): unknown {
  if (typeof value === "function") return { $fn: 1 };
  if (value instanceof Date) return { $date: value.toISOString() };
  const described = Buffer.isBuffer(value) ? value : describeValue(value);
  if (Buffer.isBuffer(described)) return { $bin: described.toString("hex") };
  if (Array.isArray(value)) return value.map(tag);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, tag(each)]));
}
