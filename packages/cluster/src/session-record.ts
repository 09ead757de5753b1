/** A session as it is kept for all nodes. */
import type { MembershipSnapshot, SocketId } from "@telsiz/adapter";
import { decodeValue, encodeValue } from "./item.ts";
import type { NodeId } from "./node-id.ts";
import type { Place } from "./place.ts";

/** What any node has to know to go on with a session. */
export interface SessionRecord {
  /** The id of its socket. */
  readonly sid: SocketId;
  /** The node that has it, or had it last. */
  readonly node: NodeId;
  /** That of the log, whose places these are. */
  readonly epoch: string;
  /** What was sent before was not for it. */
  readonly openedAt: Place;
  /** The last that was sent to it, when its connection was lost. */
  readonly lastSent: Place;
  /** How far its node had come when its connection was found lost; missing while it is not. */
  readonly lostAt?: Place;
  readonly membership: MembershipSnapshot;
  /** What the server keeps for its socket. */
  readonly state: unknown;
}

/** @throws EncodeError */
export function encodeRecord(record: SessionRecord): Uint8Array {
  return encodeValue(record);
}

/** @throws ParseError */
export function decodeRecord(bytes: Uint8Array): SessionRecord {
  return decodeValue(bytes) as SessionRecord; // nobody but nodes of the cluster writes them
}
