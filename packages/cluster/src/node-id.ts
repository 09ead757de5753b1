/** What tells a node of the cluster apart from all others, and from what it was before it was closed and opened again. */

/** Six random bytes of the process's own, then two that count how often it was opened: 16 hexadecimal digits. */
export type NodeId = string;

/** Length on the wire, in bytes. */
export const NODE_ID_BYTES = 8;

/** Bytes of it that stay the same when it is opened again. */
const OWN_BYTES = 6;

/** A node that was not there before. */
export function newNodeId(): NodeId {
  const bytes = Buffer.alloc(NODE_ID_BYTES);
  crypto.getRandomValues(bytes.subarray(0, OWN_BYTES));
  bytes.writeUInt16BE(1, OWN_BYTES);
  return bytes.toString("hex");
}

/** The same node after it was closed: what it sends from now on has nothing to do with what it sent before. */
export function nextIncarnation(id: NodeId): NodeId {
  const bytes = Buffer.from(id, "hex");
  bytes.writeUInt16BE((bytes.readUInt16BE(OWN_BYTES) + 1) & 0xffff, OWN_BYTES);
  return bytes.toString("hex");
}
