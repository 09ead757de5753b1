/** Which transports a client may use, in which order (option `transports`). */
import { OptionError } from "@telsiz/events";
import type { TransportName } from "../shared/transport.ts";
import type { EngineClientOptions } from "./options.ts";
import type { TransportFactory } from "./transports/transport.ts";

/** Names of the protocol that a client accepts and leaves out where it has no such transport. */
const OPTIONAL: readonly unknown[] = ["webtransport"];

/**
 * The factories that `chosen` names, or all that are there.
 * @throws OptionError for a name that is not known
 */
export function listTransports(
  chosen: EngineClientOptions["transports"],
  available: readonly TransportFactory[],
): TransportFactory[] {
  if (chosen === undefined) return available.slice();
  if (!Array.isArray(chosen)) throw notAccepted(chosen, available);
  return chosen.flatMap((one: TransportName | TransportFactory) => {
    if (typeof one === "object" && typeof one?.create === "function") return one;
    const found = available.find(({ name }) => name === one);
    if (found !== undefined) return found;
    if (OPTIONAL.includes(one)) return [];
    throw notAccepted(one, available);
  });
}

function notAccepted(given: unknown, available: readonly TransportFactory[]): OptionError {
  const names = available.map(({ name }) => `"${name}"`).join(", ");
  return new OptionError("transports", `a list of ${names} or transport factories`, given);
}
