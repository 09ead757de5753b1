/** The open packet, the first that the server sends (protocol.md A.5). It is not trusted: security.md row 33. */
import { EngineParseError } from "../shared/errors.ts";

/** What the server says about the session. */
export interface Handshake {
  /** The session's id. */
  readonly sid: string;
  /** The transports that the session may move to. */
  readonly upgrades: readonly string[];
  /** Time between two pings of the server, in milliseconds. */
  readonly pingInterval: number;
  /** Time that the server grants for a pong, in milliseconds. */
  readonly pingTimeout: number;
  /** The largest payload that the server accepts, in bytes; `undefined` where it does not say. */
  readonly maxPayload: number | undefined;
  /** What else the server says, which is for the layer above. */
  readonly [more: string]: unknown;
}

/** Longer waits would keep a dead connection for good. */
const LONGEST_WAIT_MS = 3_600_000;
/** Of the interval, since shorter ones would end connections that a busy moment holds up; stands in for times that are none, too. */
const SHORTEST_WAIT_MS = 1000;

/**
 * Reads the data of an open packet. Times beyond all reason are replaced by the nearest reasonable ones.
 * @throws EngineParseError if it is no JSON object or a field is missing or of a wrong type
 */
export function parseHandshake(data: string): Handshake {
  const said = parseObject(data);
  const { sid, upgrades, pingInterval, pingTimeout, maxPayload } = said;
  if (typeof sid !== "string" || sid === "") throw invalid("sid");
  if (!Array.isArray(upgrades)) throw invalid("upgrades");
  return {
    ...said,
    sid,
    upgrades: upgrades.filter((name): name is string => typeof name === "string"),
    pingInterval: Math.max(readWait("pingInterval", pingInterval), SHORTEST_WAIT_MS),
    pingTimeout: readWait("pingTimeout", pingTimeout),
    maxPayload: typeof maxPayload === "number" && maxPayload > 0 ? maxPayload : undefined,
  };
}

function parseObject(data: string): Readonly<Record<string, unknown>> {
  try {
    // Anything but null may be destructured; the fields are checked one by one.
    return (JSON.parse(data) ?? {}) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new EngineParseError("invalid handshake: not JSON", { cause });
  }
}

function readWait(field: string, value: unknown): number {
  if (typeof value !== "number") throw invalid(field);
  return value > 0 ? Math.min(value, LONGEST_WAIT_MS) : SHORTEST_WAIT_MS;
}

function invalid(field: string): EngineParseError {
  return new EngineParseError(`invalid handshake: ${field}`);
}
