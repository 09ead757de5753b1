/** The key of `latest(key)`. */
import { OptionError } from "@telsiz/events";

/** @throws OptionError if it is no string */
export function checkLatestKey(key: unknown): void {
  if (typeof key !== "string") throw new OptionError("key", "a string", key);
}
