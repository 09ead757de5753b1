/** The Engine.IO server of Telsiz. */

// The server
export { EngineServer, EngineServer as Server } from "./engine-server.ts";
export type {
  ConnectionError,
  EngineHandlerErrorContext,
  EngineServerEvents,
} from "./engine-server-events.ts";
export { attach, listen } from "./listen.ts";
export type { HttpServer } from "./hosts/node.ts";
export { PROTOCOL as protocol } from "./handshake.ts";

// Its options
export { checkEngineOptions } from "./options.ts";
export type {
  AllowRequest,
  AttachOptions,
  EngineLimits,
  EngineOptions,
  PerMessageDeflateOptions,
  ResolvedOptions,
  WebSocketEngine,
} from "./options.ts";
export type { Backlog, BufferLimits, OverflowAction, OverflowPolicy } from "./buffer-limits.ts";
export { SlowConsumerError } from "./buffer-limits.ts";
export type { HttpCompressionOptions } from "./http/compression.ts";
export type { CookieOptions } from "./http/cookie.ts";
export type { CorsMiddleware, CorsOptions, CorsOptionsDelegate, CorsOrigin } from "./http/cors.ts";
export { corsMiddleware } from "./http/cors.ts";
export type { EngineMiddleware, ExpressMiddleware } from "./http/middleware.ts";
export type { EngineRequest } from "./request-query.ts";
export type { SessionDirectory } from "./session-directory.ts";

// Sessions
export { Session, Session as Socket } from "./session.ts";
export type { ReadyState } from "./session.ts";
export type { SessionServer } from "./session-server.ts";
export type { SessionBinding, SessionBindingOption, SessionOrigin } from "./session-origin.ts";
export type { SessionEvents, SessionHandler } from "./session-events.ts";
export type { SendCallback, SendOptions } from "./outbox.ts";
export type { MessageInput } from "../shared/message-input.ts";
export type { PacketView } from "../shared/packet-view.ts";
export { randomId } from "./id.ts";
export { nodeLogs } from "../shared/node-logs.ts";

// What programs of the engine.io package look for
export { parser, Transport, transports } from "./compat.ts";
export type { EngineParser, ParserBinaryType, ParserPacket } from "./compat.ts";

// Packets and what became of them
export { RACE_PARAMETER } from "../shared/race-parameter.ts";
export { messageOf, messagePacket, PreparedPacket } from "../shared/packet.ts";
export type { Message, OutgoingPacket, WirePacket } from "../shared/packet.ts";
export type { SessionCloseReason as CloseReason, TransportCloseReason } from "../shared/close-reason.ts";
export type { TransportName } from "../shared/transport.ts";
export { EngineParseError, TransportError } from "../shared/errors.ts";
export { WebSocketError } from "./websocket/websocket-error.ts";
export { REJECTION_CODE, REJECTION_MESSAGE } from "./rejection.ts";
export type { RejectionCode } from "./rejection.ts";
