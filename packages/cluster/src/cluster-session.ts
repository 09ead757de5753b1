/** The session of a socket of this node, or one that is on its way here. */
import type { LostSession, Membership, SocketId } from "@telsiz/adapter";
import type { LogWriter } from "./log-writer.ts";
import { comparePlaces, laterPlace, type Place } from "./place.ts";

/** What its node knows of it; its record is what all may know. */
export class ClusterSession implements LostSession {
  readonly pid: string;
  readonly sid: SocketId;
  membership: Membership;
  /** What was sent before was not for it. */
  openedAt: Place;
  /** The last that was sent to it. */
  lastSent: Place;
  /** What the server keeps for its socket, since its connection was lost. */
  data: unknown = undefined;
  /** How far its node had come when its connection was lost, if that is known. */
  lostAt: Place | undefined;
  /** Its record, as it was found. */
  found: Uint8Array | undefined;
  /** Keeps what is sent to it alone; made when the first is. */
  outbox: LogWriter | undefined;
  #received: Place | undefined;

  constructor(
    pid: string,
    sid: SocketId,
    membership: Membership,
    openedAt: Place,
    lastSent: Place = openedAt,
  ) {
    this.pid = pid;
    this.sid = sid;
    this.membership = membership;
    this.openedAt = openedAt;
    this.lastSent = lastSent;
  }

  /** The client says what it got last, or nothing if it got no event yet. */
  setReceived(place: Place | undefined): void {
    this.#received = laterPlace(place ?? this.openedAt, this.openedAt);
  }

  /** What the client got last. */
  get received(): Place {
    return this.#received ?? this.openedAt;
  }

  /** Whether it is known that the client has missed nothing before the loss, however long ago the last was sent to it. */
  get hasAll(): boolean {
    return this.lostAt !== undefined && comparePlaces(this.received, this.lastSent) >= 0;
  }

  /** The place after which it may have missed something. */
  get resumeAfter(): Place {
    return this.hasAll ? laterPlace(this.received, this.lostAt!) : this.received;
  }

  /** How far a node must have come to go on with it. */
  get latest(): Place {
    return laterPlace(this.received, laterPlace(this.lastSent, this.lostAt ?? this.lastSent));
  }
}
