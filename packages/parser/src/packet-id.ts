/** Acknowledgement ids: integers from 0 to 2^53 - 1, the range in which each number is its own. */

import { EncodeError } from "./errors.ts";

/** Whether a received id is one. */
export function isPacketId(id: unknown): id is number {
  return Number.isSafeInteger(id) && (id as number) >= 0;
}

/** @throws {EncodeError} when a peer would refuse `id` */
export function checkPacketId(id: unknown): void {
  if (!isPacketId(id)) throw new EncodeError(`invalid packet id: ${String(id)}`);
}
