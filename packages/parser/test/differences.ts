/**
 * The vectors on which this parser differs on purpose from socket.io-parser 4.2.7 and socket.io-msgpack-parser 3.0.2, with
 * the exact outcome instead. `row` is the rule behind it: a row of the secure defaults, a known weakness of the original
 * (A1, A25), or `type` where the types of this package rule the input out.
 */

/** What encoding or decoding came to. */
export interface Outcome {
  readonly wire?: readonly unknown[];
  readonly packets?: readonly unknown[];
  readonly throws?: string;
  readonly atFrame?: number;
  readonly pending?: true;
}

/** One deliberate difference. What is absent is as recorded. */
export interface Difference {
  readonly row: string;
  readonly reason: string;
  readonly encode?: Outcome;
  readonly decode?: Outcome;
}

function refused(message: string): Outcome {
  return { packets: [], throws: message, atFrame: 0 };
}

const strictNumber = { row: "row 9", reason: "numbers are digits only, up to 2^53 - 1" };
const payloadRequired = { row: "row 9", reason: "EVENT needs a name and ACK an array" };
const detailsRequired = { row: "row 34", reason: "CONNECT_ERROR needs its details" };
const oneToOne = {
  row: "row 4",
  reason: "placeholders and attachments match one to one, which is told from the header",
};
const lawfulNamespace = {
  row: "row 27",
  reason: "a namespace that the peer would read differently is refused",
};
const noForgery = { row: "A25", reason: "data that reads as a placeholder beside binary is refused" };
const idLeftOut = { row: "row 9", reason: "an id has no meaning on this packet and is left out" };
const noBinaryType = {
  row: "type",
  reason: "encoders choose the binary types themselves, a packet of the application never has one",
};
const oneRefusal = { row: "type", reason: "a message that is neither text nor bytes gets one refusal" };

/** By id of the vector. */
export const differences: Readonly<Record<string, Difference>> = {
  "sio-011": {
    ...lawfulNamespace,
    encode: {
      throws: 'invalid namespace: "admin"',
    },
  },
  "sio-026": {
    row: "type",
    reason: "a DISCONNECT carries nothing, here as on the wire",
    encode: { wire: ["1"] },
  },
  "sio-069": {
    ...strictNumber,
    encode: { throws: "invalid packet id: 1e+21" },
  },
  "sio-074": {
    ...strictNumber,
    encode: { throws: "invalid packet id: 7" },
  },
  "sio-112": {
    row: "A1",
    reason: "circular data is told from its depth, not from the end of the stack",
    encode: { throws: "the data contains itself, or nests deeper than maxDepth" },
  },
  "sio-170": {
    ...noForgery,
    encode: { throws: "an object with _placeholder: true cannot be sent beside binary" },
    decode: refused("illegal attachments"),
  },
  "sio-171": {
    row: "row 4",
    reason: "refused with the header, before the attachment has come",
    decode: refused("invalid payload"),
  },
  "sio-192": { ...noBinaryType, encode: { throws: "unknown packet type 5" } },
  "sio-193": { ...noBinaryType, encode: { throws: "unknown packet type 5" } },
  "sio-194": { ...noBinaryType, encode: { throws: "unknown packet type 6" } },
  "sio-197": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-207": {
    row: "row 9",
    reason: "white space is no digit, so no packet type",
    decode: refused("unknown packet type NaN"),
  },
  "sio-208": {
    row: "row 9",
    reason: "white space is no digit, so no packet type",
    decode: refused("unknown packet type NaN"),
  },
  "sio-215": {
    row: "row 9",
    reason: "white space is no digit, so no packet type",
    decode: refused("unknown packet type NaN"),
  },
  "sio-218": { ...idLeftOut, decode: { packets: [{ type: 0, nsp: "/" }] } },
  "sio-233": { ...idLeftOut, decode: { packets: [{ type: 0, nsp: "/", data: { a: 1 } }] } },
  "sio-241": { ...idLeftOut, decode: { packets: [{ type: 1, nsp: "/" }] } },
  "sio-243": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-244": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-245": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-249": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-278": {
    row: "row 9",
    reason: "a blank is no id",
    decode: { packets: [{ type: 2, nsp: "/", data: ["a"] }] },
  },
  "sio-284": { ...strictNumber, decode: refused("invalid packet id") },
  "sio-290": { ...strictNumber, decode: refused("invalid payload") },
  "sio-292": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-303": { ...strictNumber, decode: refused("invalid payload") },
  "sio-306": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-307": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-319": { ...detailsRequired, decode: refused("invalid payload") },
  "sio-333": { ...strictNumber, decode: refused("Illegal attachments") },
  "sio-334": { ...strictNumber, decode: refused("Illegal attachments") },
  "sio-341": { ...payloadRequired, decode: refused("invalid payload") },
  "sio-350": { ...oneToOne, decode: refused("illegal attachments") },
  "sio-351": { ...oneToOne, decode: refused("illegal attachments") },
  "sio-354": { ...oneToOne, decode: refused("illegal attachments") },
  "sio-355": { ...oneToOne, decode: refused("illegal attachments") },
  "sio-356": { ...oneToOne, decode: refused("illegal attachments") },
  "sio-371": { ...oneToOne, decode: refused("illegal attachments") },
  "sio-374": { ...oneRefusal, decode: refused("Unknown type: null") },
  "sio-376": { ...oneRefusal, decode: refused("Unknown type: undefined") },
  "sio-379": { ...oneRefusal, decode: refused("Unknown type: [object Object]") },
  "msgpack-008": {
    row: "type",
    reason: "compression is a matter of the transport, not of the packet",
    decode: { packets: [{ type: 2, nsp: "/", data: ["hello"] }] },
  },
  "msgpack-044": { ...payloadRequired, decode: refused("invalid payload") },
  "msgpack-050": { ...strictNumber, decode: refused("invalid packet id") },
};
