/** Ids of sockets and sessions that name their node, so that what is for one of them goes to one node. */
import type { SocketId } from "@telsiz/adapter";
import type { NodeId } from "./node-id.ts";

/** The part of a node's id that stays the same, as hexadecimal digits. */
const OWN_DIGITS = 12;
/** The same as base64url. */
const OWN_CHARACTERS = 8;
const RANDOM_BYTES = 15;
const ID_LENGTH = 28;

/** A new id: six bytes of the node, 15 that nobody can guess, as base64url. */
export function newSocketId(node: NodeId): SocketId {
  const random = crypto.getRandomValues(Buffer.alloc(RANDOM_BYTES));
  const own = Buffer.from(node.slice(0, OWN_DIGITS), "hex");
  return own.toString("base64url") + random.toString("base64url");
}

/** The beginning of the id of the node that an id of a socket names; `undefined` if it is none. */
export function ownerIn(id: string): string | undefined {
  if (id.length !== ID_LENGTH) return undefined;
  return Buffer.from(id.slice(0, OWN_CHARACTERS), "base64url").toString("hex");
}
