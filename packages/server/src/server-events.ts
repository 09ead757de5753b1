/** What a server itself tells its listeners. */
import type { EventMap } from "@telsiz/events";
import type { Namespace } from "./namespace.ts";
import type { NamespaceReservedEvents } from "./namespace-events.ts";

/** The events of a server itself: those of its main namespace, and of namespaces that come. */
export interface ServerReservedEvents<
  Listen extends EventMap<Listen>,
  Emit extends EventMap<Emit>,
  ServerSide extends EventMap<ServerSide>,
  SocketData,
> extends NamespaceReservedEvents<Listen, Emit, ServerSide, SocketData> {
  /** A namespace was made. */
  new_namespace: (namespace: Namespace<Listen, Emit, ServerSide, SocketData>) => void;
}
