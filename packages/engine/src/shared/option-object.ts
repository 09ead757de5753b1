/** The check of options that are objects, on both sides. */
import { OptionError } from "@telsiz/events";

/** Requires an object. @param accepted what the error says is accepted @throws OptionError */
export function checkObject(name: string, value: unknown, accepted = "an object"): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OptionError(name, accepted, value);
  }
}
