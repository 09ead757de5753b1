/** The seam for several nodes: who knows the sessions that live elsewhere. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Session } from "./session.ts";

/**
 * Knows which node has which session. Set it as `engine.directory`. A `forward` method that throws or rejects counts as
 * `false`; what `opened` and `closed` throw or reject with is printed and has no other effect.
 */
export interface SessionDirectory {
  /** Makes the id of a session of this node, as `generateId` does. @default 120 random bits, 20 characters */
  newId?(): string | Promise<string>;
  /**
   * A request names a session that this node does not have; no middleware has seen it. `true`: it was, or will be,
   * answered; `false`: it gets `Session ID unknown`, if no middleware answers it before.
   */
  forwardRequest(id: string, request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean>;
  /** As {@link forwardRequest}, for an upgrade. `head` is what was read behind the request. */
  forwardUpgrade(
    id: string,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): boolean | Promise<boolean>;
  /** A session was opened on this node. */
  opened?(session: Session): unknown;
  /** A session of this node ended. */
  closed?(session: Session): unknown;
}
