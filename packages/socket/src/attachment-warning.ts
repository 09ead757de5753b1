/** Tells that a packet has more attachments than peers take by default (protocol.md B.2 and E). */
import { DEFAULT_LIMITS, type Encoded } from "@telsiz/parser";

let warned = false;

/**
 * Warns, once in the life of the program, of a packet whose receiver will probably close the connection: whether it
 * does is up to its own limit, so that the packet is sent all the same.
 */
export function warnOfAttachments(encoded: Encoded): void {
  if (warned || typeof encoded === "string" || encoded instanceof Uint8Array) return;
  const attachments = encoded.length - 1;
  const { maxAttachments } = DEFAULT_LIMITS;
  if (attachments <= maxAttachments) return;
  warned = true;
  // eslint-disable-next-line no-restricted-globals -- every platform has it
  console.warn(
    `An event has ${attachments} binary values. Peers that take ${maxAttachments} close the connection.`,
  );
}
