/** Which of the client's options Node.js takes as they are, for requests and for WebSockets alike. */
import type { NetworkOptions } from "../network-options.ts";

const PASSED_ON = [
  "agent",
  "localAddress",
  "family",
  "pfx",
  "key",
  "passphrase",
  "cert",
  "ca",
  "ciphers",
  "rejectUnauthorized",
  "checkServerIdentity",
] as const satisfies readonly (keyof NetworkOptions)[];

/** The options to pass on; those that are not given are left out, since Node.js tells `undefined` from absent. */
export function passedOn(options: NetworkOptions): object {
  return Object.fromEntries(
    PASSED_ON.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}
