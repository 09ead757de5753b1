/** What a namespace itself tells its listeners. */
import type { ClusterGap } from "@telsiz/adapter";
import type { EventMap, InvalidEventError } from "@telsiz/events";
import type { HandlerErrorContext } from "./handler-error.ts";
import type { RateLimitedContext } from "./rate-limits.ts";
import type { Socket } from "./socket.ts";

/** The events of a namespace itself. */
export interface NamespaceReservedEvents<
  Listen extends EventMap<Listen>,
  Emit extends EventMap<Emit>,
  ServerSide extends EventMap<ServerSide>,
  SocketData,
> {
  /** A client has connected. */
  connection: (socket: Socket<Listen, Emit, ServerSide, SocketData>) => void;
  /** As `connection`, called before it. */
  connect: (socket: Socket<Listen, Emit, ServerSide, SocketData>) => void;
  /** A function of the application failed. When nobody listens, the error is printed. Raised on the main namespace. */
  handler_error: (
    error: unknown,
    context: HandlerErrorContext<Socket<Listen, Emit, ServerSide, SocketData>>,
  ) => void;
  /** A client has sent more than `limits.rate` lets it. Raised on the main namespace. */
  rate_limited: (context: RateLimitedContext<Socket<Listen, Emit, ServerSide, SocketData>>) => void;
  /** What came does not fit the contract, and nobody asked for an answer. Never printed. Raised on the main namespace. */
  invalid_event: (
    error: InvalidEventError,
    context: HandlerErrorContext<Socket<Listen, Emit, ServerSide, SocketData>>,
  ) => void;
  /**
   * What another server of the cluster sent has not come, or may not have come. Never printed. Raised on the main
   * namespace.
   */
  "cluster:gap": (gap: ClusterGap) => void;
}
