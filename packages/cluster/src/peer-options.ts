/** Where other nodes reach this one without the broker. */
import { checkStrings, OptionError } from "@telsiz/events";

/** What may be set of the port for other nodes. */
export interface PeerOptions {
  /** The address that it listens on: one that only the other nodes can reach. @default "127.0.0.1" */
  host?: string;
  /** The port. @default a free one, which the others are told */
  port?: number;
  /** The name or address under which the others reach it. @default `host` */
  address?: string;
}

const HIGHEST_PORT = 65_535;

/** Addresses that mean all of a machine's: nobody can be told to connect to them. */
const UNSPECIFIED = new Set(["", "0.0.0.0", "::"]);

/** {@link PeerOptions} with the defaults filled in. @throws OptionError */
export function resolvePeer(options: PeerOptions): Required<PeerOptions> {
  checkStrings(options, "host", "address");
  const { host = "127.0.0.1", port = 0, address = host } = options;
  if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT) {
    throw new OptionError("port", `a port from 0 to ${HIGHEST_PORT}`, port);
  }
  if (UNSPECIFIED.has(address)) throw new OptionError("address", "one that other servers can reach", address);
  return { host, port, address };
}
