/**
 * What no lawful client sends, as tables: for a live server, over either transport, and what is to become of the
 * connection that it comes over.
 */

/** An engine packet as a WebSocket frame; over polling, bytes become base64. */
export type HostileFrame = string | Buffer;

/** Packets of a client that has joined the main namespace, and the reason with which its socket leaves. */
export interface ClosingCase {
  readonly what: string;
  readonly frames: readonly HostileFrame[];
  readonly reason: "forced close" | "parse error" | "transport error" | "transport close";
}

const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const placeholder = (num: unknown): string => JSON.stringify({ _placeholder: true, num });
const binaryEvent = (...nums: unknown[]): string => `451-["a",${nums.map(placeholder).join(",")}]`;
const BYTES = Buffer.from([1]);

const closing = (
  reason: ClosingCase["reason"],
  what: string,
  frames: readonly HostileFrame[],
): ClosingCase => ({ what, frames, reason });

/** Engine packets. */
const ENGINE_CASES: readonly ClosingCase[] = [
  closing("parse error", "an unknown engine packet", ["7"]),
  closing("parse error", "another unknown engine packet", ["9message"]),
  closing("parse error", "letters", ["abc"]),
  closing("parse error", "a control character", ["\u0000"]),
  closing("parse error", "a negative type", ["-1"]),
  closing("parse error", "an empty frame", [""]),
  closing("parse error", "JSON without a type", ['{"type":"message"}']),
  closing("transport error", "a ping, which only servers send", ["2"]),
  closing("transport error", "a probe on a session that has no candidate", ["2probe"]),
  closing("transport close", "the close packet", ["1"]),
  closing("transport close", "the close packet with text behind it", ["1bye"]),
  closing("transport error", "a message larger than the limit", [`42["${"x".repeat(1_000_001)}"]`]),
];

/** Socket packets: types and payloads. */
const PACKET_CASES: readonly ClosingCase[] = [
  closing("forced close", "a message without a packet", ["4"]),
  closing("forced close", "an unknown packet type", ["49"]),
  closing("forced close", "a packet type beyond the last", ["47"]),
  closing("forced close", "letters for a packet type", ["4x"]),
  closing("forced close", "half of a JSON text", ['42["a"']),
  closing("forced close", "JSON with something behind it", ['42["a"]x']),
  closing("forced close", "JSON with a comma too many", ['42["a",]']),
  closing("forced close", "JSON with a number that has a leading zero", ['42["a",01]']),
  closing("forced close", "JSON with a control character", ['42["a\u0000"]']),
  closing("forced close", "an object in place of an event", ['42{"a":1}']),
  closing("forced close", "a text in place of an event", ['42"a"']),
  closing("forced close", "null in place of an event", ["42null"]),
  closing("forced close", "an event without payload", ["42"]),
  closing("forced close", "an event with an id and no payload", ["421"]),
  closing("forced close", "an acknowledgement without payload", ["430"]),
  closing("forced close", "an object as acknowledgement", ['430{"a":1}']),
  closing("forced close", "a text as acknowledgement", ['430"a"']),
  closing("forced close", "an event without name", ["42[]"]),
  closing("forced close", "an object as event name", ['42[{"toString":"x"}]']),
  closing("forced close", "a list as event name", ['42[["a"]]']),
  closing("forced close", "null as event name", ["42[null]"]),
  closing("forced close", "a boolean as event name", ["42[true]"]),
  ...["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].map(
    (name) => closing("forced close", `the reserved event name ${name}`, [`42["${name}","forged"]`]),
  ),
  closing("forced close", "a CONNECT_ERROR", ['44{"message":"x"}']),
  closing("forced close", "a DISCONNECT with a payload", ['41{"a":1}']),
  closing("forced close", "an event nested 5,000 levels deep", [`42["a",${nested(5_000)}]`]),
  closing("forced close", "an event nested just too deep", [`42["a",${nested(256)}]`]),
  closing("forced close", "objects nested 5,000 levels deep", [
    `42["a",${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}]`,
  ]),
];

/** Ids and counts. */
const NUMBER_CASES: readonly ClosingCase[] = [
  closing("forced close", "a negative id", ['42-1["a"]']),
  closing("forced close", "an id with a fraction", ['421.5["a"]']),
  closing("forced close", "a blank before the id", ['42 1["a"]']),
  closing("forced close", "an id beyond the safe integers", ['429007199254740993["a"]']),
  closing("forced close", "an id of 100,000 digits", [`42${"9".repeat(100_000)}["a"]`]),
  closing("forced close", "no count of attachments", ['45-["a"]']),
  closing("forced close", "no attachment at all", ['450-["a"]']),
  closing("forced close", "a count and no dash", ['451["a"]']),
  closing("forced close", "a count and no packet", ["451-"]),
  closing("forced close", "a count with a blank", ['45 1-["a"]']),
  closing("forced close", "a negative count", ['45-1-["a"]']),
  closing("forced close", "a count with an exponent", ['451e0-["a"]']),
  closing("forced close", "a hexadecimal count", ['450x1-["a"]']),
  closing("forced close", "eleven attachments", ['4511-["a"]']),
  closing("forced close", "a billion attachments", ['451000000000-["a"]']),
  closing("forced close", "a count of 30 digits", [`45${"9".repeat(30)}-["a"]`]),
];

/** Attachments. */
const BINARY_CASES: readonly ClosingCase[] = [
  closing("forced close", "text in place of an attachment", [binaryEvent(0), '42["a"]']),
  closing("forced close", "bytes without a packet", [BYTES]),
  closing("forced close", "base64 without a packet", ["b!!!!"]),
  closing("forced close", "one attachment too many", [binaryEvent(0), BYTES, BYTES]),
  closing("forced close", "a binary acknowledgement without payload", ["461-0", BYTES]),
  closing("forced close", "a placeholder with a name for a number", [binaryEvent("splice"), BYTES]),
  closing("forced close", "a placeholder with the name of the prototype", [binaryEvent("__proto__"), BYTES]),
  closing("forced close", "a placeholder without a number", [binaryEvent(null), BYTES]),
  closing("forced close", "a placeholder with a negative number", [binaryEvent(-1), BYTES]),
  closing("forced close", "a placeholder with a fraction", [binaryEvent(0.5), BYTES]),
  closing("forced close", "a placeholder out of range", [binaryEvent(1), BYTES]),
  closing("forced close", "one attachment in many places", [binaryEvent(0, 0, 0), BYTES]),
  closing("forced close", "an attachment in no place", ['451-["a"]', BYTES]),
  closing("forced close", "a placeholder as event name", [`451-[${placeholder(0)}]`, BYTES]),
];

/** Namespaces. */
const NAMESPACE_CASES: readonly ClosingCase[] = [
  closing("forced close", "a second CONNECT", ["40"]),
  closing(
    "forced close",
    "20,000 CONNECTs",
    Array.from({ length: 20_000 }, () => "40"),
  ),
  closing(
    "forced close",
    "5,000 CONNECTs to namespaces that are not there",
    Array.from({ length: 5_000 }, (_, n) => `40/n${n},`),
  ),
  closing("forced close", "an event for a namespace that is not joined", ['42/admin,["a"]']),
  closing("forced close", "an acknowledgement for a namespace that is not joined", ["43/admin,1[]"]),
  closing("forced close", "a DISCONNECT of a namespace that is not joined", ["41/admin,"]),
  closing("forced close", "an auth nested 50,000 levels deep", [`40/admin,{"a":${nested(50_000)}}`]),
  closing("forced close", "an auth that is a list", ["40/admin,[]"]),
  closing("forced close", "an auth that is a text", ['40/admin,"token"']),
  closing("forced close", "an auth that is null", ["40/admin,null"]),
  closing("forced close", "an auth that is cut", ['40/admin,{"a":']),
  closing("forced close", "a namespace name of 900 kilobytes", [`40/${"n".repeat(900_000)},`]),
  closing("forced close", "a namespace name with a control character", ["40/a\u0000b,"]),
  closing("forced close", "a namespace name with a line break", ["40/a\nb,"]),
];

/** All that ends the connection that it comes over. */
export const CLOSING_CASES: readonly ClosingCase[] = [
  ...ENGINE_CASES,
  ...PACKET_CASES,
  ...NUMBER_CASES,
  ...BINARY_CASES,
  ...NAMESPACE_CASES,
];

/** Odd packets that are lawful, or make no difference: the connection goes on. */
export const HARMLESS_CASES: readonly (readonly [what: string, frame: string])[] = [
  ["an open packet", "0"],
  ["an upgrade packet", "5"],
  ["a noop", "6"],
  ["a pong that nobody asked for", "3"],
  ["an acknowledgement that nobody waits for", "4399[1]"],
  ["an acknowledgement with the largest id", `43${Number.MAX_SAFE_INTEGER}[]`],
  ["an event named error that nobody hears", '42["error"]'],
  ["an event named error with a lie", '42["error",{"message":null,"stack":1}]'],
  ["an event named like the prototype", '42["__proto__",{"__proto__":{"polluted":true}}]'],
  ["an event that changes constructors", '42["a",{"constructor":{"prototype":{"polluted":true}}}]'],
  ["an event named like an inherited method", '42["toString"]'],
  ["an event named constructor", '42["constructor","x"]'],
  ["an event with an empty name", '42[""]'],
  ["an event with a name of 100,000 characters", `42["${"n".repeat(100_000)}"]`],
  ["a number as event name", "42[7]"],
  ["an event with half a surrogate", '42["a","\\ud800"]'],
  ["an event with a placeholder and no attachment", `42["a",${placeholder(0)}]`],
  ["an event as deep as is allowed", `42["a",${nested(255)}]`],
  ["a wide event", `42["a",[${"[],".repeat(50_000)}[]]]`],
  ["a CONNECT to a namespace that is not there", "40/nowhere,"],
  ["a CONNECT to one with a query", "40/nowhere?token=1,"],
];

/** Packets of a client that has joined nothing: all of them end its connection. */
export const UNJOINED_CASES: readonly (readonly [what: string, frame: HostileFrame])[] = [
  ["an event", '42["a"]'],
  ["an acknowledgement", "430[]"],
  ["a DISCONNECT", "41"],
  ["a CONNECT_ERROR", '44{"message":"x"}'],
  ["nonsense", "4nonsense"],
  ["bytes", BYTES],
];

/** WebSocket frames that break RFC 6455, in hexadecimal; masked with zeros where they are masked. */
export const BROKEN_WEBSOCKET_FRAMES: readonly (readonly [what: string, hex: string])[] = [
  ["all reserved bits", "f18000000000"],
  ["the bit of compression, which was not agreed upon", "c18000000000"],
  ["the second reserved bit", "a18000000000"],
  ["the third reserved bit", "918000000000"],
  ["no mask", "810134"],
  ["an unknown data opcode", "838000000000"],
  ["the last unknown data opcode", "878000000000"],
  ["an unknown control opcode", "8b8000000000"],
  ["the last unknown control opcode", "8f8000000000"],
  ["a ping that is too long", "89feffff00000000"],
  ["a ping in fragments", "098000000000"],
  ["a close in fragments", "088000000000"],
  ["half a close code", "88810000000000"],
  ["a close code below all", "8882000000000001"],
  ["a close code that is reserved", "888200000000 03ed"],
  ["a close code beyond all", "888200000000 1388"],
  ["a close reason that is not UTF-8", "888400000000 03e8c328"],
  ["text that is not UTF-8", "818200000000c328"],
  ["text that ends within a character", "818100000000c3"],
  ["an overlong slash", "818200000000c0af"],
  ["a surrogate in UTF-8", "818300000000eda080"],
  ["a length of 2^63", "82ff800000000000000000000000"],
  ["a length beyond the limit", "82ff0000000010000000 00000000"],
  ["a continuation of nothing", "808000000000"],
  ["a message within a message", "018100000000 34 818100000000 34"],
];

/** Targets of HTTP requests that are no good URLs. */
export const ODD_TARGETS: readonly string[] = [
  "//[",
  "/socket.io/?%",
  "/socket.io/?EIO=%4&transport=polling&%ff=%",
  "*",
  "http://[/socket.io/",
  "/socket.io/?EIO=4&EIO=3&transport=polling",
  "/socket.io/?EIO=4&transport=polling&transport=websocket",
  "/socket.io/?EIO=4&transport=polling&sid=a&sid=b",
  "/socket.io/?EIO=4&transport[]=polling",
  "/socket.io/?EIO=4&transport[__proto__]=polling",
  `/socket.io/?EIO=4&transport=none${"&a=1".repeat(2_000)}`,
  "/socket.io/../socket.io/?EIO=4",
  "/socket.io/\u00ff",
];

/** Session ids that are none. */
export const ODD_SESSION_IDS: readonly string[] = [
  "__proto__",
  "toString",
  "constructor",
  "hasOwnProperty",
  "%00",
  "%ff",
  "..%2f..",
  "a".repeat(2_000),
];

/** Names of transports that are none. */
export const ODD_TRANSPORTS: readonly string[] = [
  "__proto__",
  "toString",
  "constructor",
  "",
  "polling,websocket",
  "webtransport",
  "POLLING",
];

/** Header lines, in place of the right ones, of a request for a WebSocket. */
export const BROKEN_UPGRADES: readonly (readonly [what: string, lines: readonly string[]])[] = [
  ["without a key", ["Sec-WebSocket-Version: 13"]],
  ["with a key that is too short", ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: YQ=="]],
  ["without a version", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]],
  ["with an unknown version", ["Sec-WebSocket-Version: 99", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]],
  [
    "with two keys",
    ["Sec-WebSocket-Version: 13", ...Array.from({ length: 2 }, () => "Sec-WebSocket-Key: YQ==")],
  ],
  [
    "with subprotocols that are none",
    [
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Protocol: ,,",
    ],
  ],
];
