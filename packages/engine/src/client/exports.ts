/** What the entries of the engine's client have in common; each adds its client and its platform. */

// The client
export {
  EngineClient as BareEngineClient,
  type Environment,
  protocol,
  type ReadyState,
  type SendOptions,
} from "./engine-client.ts";
export { logEngineClient } from "./client-log.ts";
export { checkObject } from "../shared/option-object.ts";
export { checkEngineClientOptions, type EngineClientOptions, type ResolvedOptions } from "./options.ts";
export type { DisconnectDetails, EngineClientEvents, EngineClientHandler } from "./events.ts";
export type { PacketView } from "../shared/packet-view.ts";
export type { BlobLike, MessageData, ReceivedData } from "./binary.ts";
export type { Handshake } from "./handshake.ts";
export type { CloseReason } from "../shared/close-reason.ts";

// Transports and platform
export { Fetch } from "./transports/fetch.ts";
export { XHR } from "./transports/xhr.ts";
export { WebSocket } from "./transports/browser-websocket.ts";
export { WebTransport } from "./transports/webtransport.ts";
export type {
  ClientTransport,
  TransportClass,
  TransportContext,
  TransportOptions,
} from "./transports/transport.ts";
export type { TransportName } from "../shared/transport.ts";
export type { NetworkOptions } from "./network-options.ts";
export type { BinaryType, CookieStore, Platform } from "./platform/platform.ts";

// Packets
export { messagePacket, type Message, type OutgoingPacket, PreparedPacket } from "../shared/packet.ts";

// Addresses and errors
export { parse, type ParsedUri } from "./parse-uri.ts";
export { isSecure, urlOf } from "./url.ts";
export { EngineParseError, OptionConflictError, TransportError } from "../shared/errors.ts";
