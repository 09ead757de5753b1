/**
 * Names of namespaces. The grammar ends a name at the first comma, and a control character could end the message itself
 * (U+001E parts packets in a polling payload), so neither may stand in a name.
 */

import { EncodeError } from "./errors.ts";

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const LAWFUL = /^\/[^,\u0000-\u001f\u007f]*$/;

/** Whether `name` starts with a slash, is short enough, and comes out of the wire as it went in. */
export function isNamespace(name: unknown, maxLength: number): name is string {
  return typeof name === "string" && name.length <= maxLength && LAWFUL.test(name);
}

/** @throws {EncodeError} when a peer would refuse `name`, or read another one */
export function checkNamespace(name: string, maxLength: number): void {
  if (isNamespace(name, maxLength)) return;
  throw new EncodeError(`invalid namespace: ${JSON.stringify(name)}`);
}
