/** What all transports have in common, for programs that ask by `instanceof` whether something is one. */
import type { Transport } from "./transport.ts";

/** The classes of transports have no common ancestor: what counts is what one can do. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- a class, since its users ask for one
export class AnyTransport {
  static [Symbol.hasInstance](value: unknown): boolean {
    const { name, send, close, bufferedBytes } = (value ?? {}) as Partial<Transport>;
    const does = typeof send === "function" && typeof close === "function";
    return typeof name === "string" && does && typeof bufferedBytes === "number";
  }
}
