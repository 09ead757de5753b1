/** Checks of options, so that a wrong one fails where it is given and not where it is used. */
import { OptionError } from "./errors.ts";

/** An option that may be left out. */
type Options<K extends string> = { readonly [P in K]?: unknown };

/** Requires that each of `names` that is given is acceptable. */
function check<K extends string>(
  options: Options<K>,
  names: readonly K[],
  accepted: string,
  isAcceptable: (value: unknown) => boolean,
): void {
  for (const name of names) {
    const value = options[name];
    if (value !== undefined && !isAcceptable(value)) throw new OptionError(name, accepted, value);
  }
}

const isAmount = (value: unknown): boolean => typeof value === "number" && value >= 0;

/** Requires times in milliseconds: finite or `Infinity`, zero or more. @throws OptionError */
export function checkDurations<K extends string>(options: Options<K>, ...names: K[]): void {
  check(options, names, "a time in milliseconds, zero or more", isAmount);
}

/** Requires counts or sizes: zero or more, `Infinity` allowed. @throws OptionError */
export function checkCounts<K extends string>(options: Options<K>, ...names: K[]): void {
  check(options, names, "a number, zero or more", isAmount);
}

/** Requires functions. @throws OptionError */
export function checkFunctions<K extends string>(options: Options<K>, ...names: K[]): void {
  check(options, names, "a function", (value) => typeof value === "function");
}

/** Requires `true` or `false`. @throws OptionError */
export function checkBooleans<K extends string>(options: Options<K>, ...names: K[]): void {
  check(options, names, "true or false", (value) => typeof value === "boolean");
}

/** Requires strings. @throws OptionError */
export function checkStrings<K extends string>(options: Options<K>, ...names: K[]): void {
  check(options, names, "a string", (value) => typeof value === "string");
}

/** Requires one of several texts. @throws OptionError */
export function checkChoice<K extends string>(
  options: Options<K>,
  name: K,
  choices: readonly string[],
): void {
  const accepted = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  check(options, [name], accepted, (value) => choices.includes(value as string));
}

/** Requires what `defineContract()` gives; that checks what is said beside it. @throws OptionError */
export function checkContract(options: Options<"contract">): void {
  check(options, ["contract"], "what defineContract() gives", isContract);
}

function isContract(value: unknown): boolean {
  return typeof value === "object" && value !== null && "_rules" in value;
}
