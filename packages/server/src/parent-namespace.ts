/** The parent of namespaces that come into being as clients ask for them, `io.of(/^\/team-\d+$/)` (api-surface.md 3). */
import { type AnyEvents, type EventMap } from "@telsiz/events";
import { Namespace, type NamespaceServer } from "./namespace.ts";
import { ParentAdapter } from "./parent-adapter.ts";

/** What the server does for its parent namespaces. */
export interface ParentServer extends NamespaceServer {
  /** Whether children that clients brought about end when the last client has left. */
  readonly _cleansUpChildren: boolean;
  /** A child has ended. */
  _forget(name: string): void;
}

/**
 * Sockets are in its children, and what is sent here reaches all of theirs. What listens to `connection` here, and
 * its middleware, hold for every child that is made from then on. Made by `io.of(pattern)`.
 */
export class ParentNamespace<
  Listen extends EventMap<Listen> = AnyEvents,
  Emit extends EventMap<Emit> = Listen,
  ServerSide extends EventMap<ServerSide> = AnyEvents,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- chosen by the application, as in Socket.IO
  SocketData = any,
> extends Namespace<Listen, Emit, ServerSide, SocketData> {
  readonly #server: ParentServer;
  readonly #children = new Set<Namespace<Listen, Emit, ServerSide, SocketData>>();

  constructor(server: ParentServer, name: string) {
    super(server, name);
    this.#server = server;
    this.adapter = new ParentAdapter(this, this.#children);
  }

  /** The namespaces that were made of it and are still there. */
  get children(): ReadonlySet<Namespace<Listen, Emit, ServerSide, SocketData>> {
    return this.#children;
  }

  /**
   * Makes a child with the listeners and middleware of this moment.
   * @param lasting whether it stays when its last client has left
   */
  _createChild(name: string, lasting: boolean): Namespace<Listen, Emit, ServerSide, SocketData> {
    const endsEmpty = this.#server._cleansUpChildren && !lasting;
    const owner = endsEmpty ? this : undefined;
    const child = new Namespace<Listen, Emit, ServerSide, SocketData>(this.#server, name, owner);
    child._copyFrom(this);
    this.#children.add(child);
    return child;
  }

  /** A child tells that its last client has left. */
  _onEmptied(child: Namespace<Listen, Emit, ServerSide, SocketData>): void {
    this.#children.delete(child);
    this.#server._forget(child.name);
    void child._close();
  }
}
