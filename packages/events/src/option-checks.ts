/** Checks of options, so that a wrong one fails where it is given and not where it is used. */
import { OptionError } from "./errors.ts";

/** An option that may be left out. */
type Options<K extends string> = { readonly [P in K]?: unknown };

/** Requires times in milliseconds: finite or `Infinity`, zero or more. @throws OptionError */
export function checkDurations<K extends string>(options: Options<K>, ...names: K[]): void {
  for (const name of names) {
    const value = options[name];
    if (value !== undefined && !(typeof value === "number" && value >= 0)) {
      throw new OptionError(name, "a time in milliseconds, zero or more", value);
    }
  }
}

/** Requires counts or sizes: zero or more, `Infinity` allowed. @throws OptionError */
export function checkCounts<K extends string>(options: Options<K>, ...names: K[]): void {
  for (const name of names) {
    const value = options[name];
    if (value !== undefined && !(typeof value === "number" && value >= 0)) {
      throw new OptionError(name, "a number, zero or more", value);
    }
  }
}

/** Requires functions. @throws OptionError */
export function checkFunctions<K extends string>(options: Options<K>, ...names: K[]): void {
  for (const name of names) {
    const value = options[name];
    if (value !== undefined && typeof value !== "function") throw new OptionError(name, "a function", value);
  }
}

/** Requires `true` or `false`. @throws OptionError */
export function checkBooleans<K extends string>(options: Options<K>, ...names: K[]): void {
  for (const name of names) {
    const value = options[name];
    if (value !== undefined && typeof value !== "boolean")
      throw new OptionError(name, "true or false", value);
  }
}

/** Requires strings. @throws OptionError */
export function checkStrings<K extends string>(options: Options<K>, ...names: K[]): void {
  for (const name of names) {
    const value = options[name];
    if (value !== undefined && typeof value !== "string") throw new OptionError(name, "a string", value);
  }
}

/** Requires one of several texts. @throws OptionError */
export function checkChoice<K extends string>(
  options: Options<K>,
  name: K,
  choices: readonly string[],
): void {
  const value = options[name];
  if (value === undefined || choices.includes(value as string)) return;
  throw new OptionError(name, choices.map((choice) => JSON.stringify(choice)).join(" or "), value);
}
