import type { AnyEvents, EventMap } from "@telsiz/events";

/** `require("@telsiz/server")(httpServer, options)`: as `new Server(httpServer, options)`. */
declare function entry<
  Listen extends EventMap<Listen> = AnyEvents,
  Emit extends EventMap<Emit> = Listen,
  ServerSide extends EventMap<ServerSide> = AnyEvents,
  SocketData = any,
>(
  options?: ServerOptions & NamespaceOptions<Listen, Emit, ServerSide, SocketData>,
): Server<Listen, Emit, ServerSide, SocketData>;
declare function entry<
  Listen extends EventMap<Listen> = AnyEvents,
  Emit extends EventMap<Emit> = Listen,
  ServerSide extends EventMap<ServerSide> = AnyEvents,
  SocketData = any,
>(
  server: ServerAddress | undefined,
  options?: ServerOptions & NamespaceOptions<Listen, Emit, ServerSide, SocketData>,
): Server<Listen, Emit, ServerSide, SocketData>;
