/** What is said beside a contract where it is given. */
import { checkBooleans, checkChoice, checkCounts } from "../option-checks.ts";
import { OptionError } from "../errors.ts";

/** Who applies a contract: a side of a connection, or a server among others. */
export type Side = "client" | "server" | "cluster";

/** What becomes of an event that the contract does not have. */
export type UnknownEvents = "reject" | "ignore" | "allow";

/** The options of a contract, the same on both sides. */
export interface ContractOptions {
  /** What is checked, in development as in production. @default { incoming: true, outgoing: false } */
  validate?: { readonly incoming?: boolean; readonly outgoing?: boolean };
  /**
   * What becomes of an event that the contract does not have: it is refused, dropped, or passes as if there were no
   * contract. @default "reject" on the server, "ignore" on the client
   */
  unknownEvents?: UnknownEvents;
  /** How many events of one socket may wait while a validator is at work asynchronously. @default 100 */
  maxQueued?: number;
}

/** @throws OptionError */
export function checkContractOptions(options: ContractOptions & { readonly negotiate?: boolean }): void {
  const { validate } = options;
  if (validate !== undefined) {
    if (typeof validate !== "object" || (validate as unknown) === null) {
      throw new OptionError("validate", "an object", validate);
    }
    checkBooleans(validate, "incoming", "outgoing");
  }
  checkChoice(options, "unknownEvents", ["reject", "ignore", "allow"]);
  checkCounts(options, "maxQueued");
  checkBooleans(options, "negotiate");
}
