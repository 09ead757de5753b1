/** Socket.IO protocol 5: packets to messages and back, without any input or output of its own. */

// Packets
export { ACK, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, PacketType } from "./packet.ts";
export type {
  AckPacket,
  ConnectErrorPacket,
  ConnectPacket,
  DisconnectPacket,
  EventPacket,
  Packet,
} from "./packet.ts";
export { RESERVED_EVENTS } from "./reserved.ts";
export { type EventHeader, isEventMessage, readEventHeader } from "./header.ts";

// Parsers
export type { Attachment, BinaryType, Encoded, Message, PacketDecoder, Parser } from "./parser.ts";
export { asOwnParser, asParser } from "./as-parser.ts";
export { createParser, defaultParser } from "./default-parser.ts";
export type { ParserOptions } from "./default-parser.ts";
export { createMessagePackParser, messagePackParser } from "./msgpack.ts";
export type { MessagePackLimits } from "./msgpack.ts";
export { DEFAULT_LIMITS } from "./limits.ts";
export { isNamespace } from "./namespace.ts";
export type { ParserLimits } from "./limits.ts";
export type { Replacer } from "./json-writer.ts";
export type { Reviver } from "./decode.ts";

// Binary
export { hasBinary } from "./attachments.ts";
export { toArrayBuffer, toBytes } from "./binary.ts";
export type { BlobLike } from "./binary.ts";

// Custom parsers of Socket.IO
export { Decoder, Encoder, fromEmitterParser, isEmitterParser, protocol } from "./emitter-compat.ts";
export type { DecodedListener, DecoderOptions, EmitterDecoder, EmitterParser } from "./emitter-compat.ts";

// Errors
export { EncodeError, ParseError, ParserOptionError } from "./errors.ts";
