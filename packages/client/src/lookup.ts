/** `io()`: finds or opens the connection to a server, and gives the socket of a namespace on it (api-surface.md 8). */
import type { AnyContract, AnyEvents, ClientEmitOf, ClientListenOf, EventMap } from "@telsiz/events";
import type { BareManager } from "./manager.ts";
import {
  type AnyIoOptions,
  checkIoOptions,
  type ContractSocketOptions,
  type IoOptions,
  type ManagerOptions,
} from "./options.ts";
import type { Socket } from "./socket.ts";
import { parseAddress } from "./url.ts";

/** What `io` makes its connections of. */
export interface ManagerClass {
  new (url: string, options: ManagerOptions): BareManager;
}

/**
 * Connects to a namespace of a server. Sockets of different namespaces of one server share a connection.
 * @param address server and namespace, such as `https://example.com/news`. @default the page's own server
 * @throws OptionError
 * @example
 * const socket = io("https://example.com", { auth: { token } });
 * socket.on("connect", () => socket.emit("hello", "world"));
 */
export interface Io {
  <Listen extends EventMap<Listen> = AnyEvents, Emit extends EventMap<Emit> = Listen>(
    options?: IoOptions,
  ): Socket<Listen, Emit>;
  <Listen extends EventMap<Listen> = AnyEvents, Emit extends EventMap<Emit> = Listen>(
    address: string | undefined,
    options?: IoOptions,
  ): Socket<Listen, Emit>;
  <C extends AnyContract>(options: ContractIoOptions<C>): Socket<ClientListenOf<C>, ClientEmitOf<C>>;
  <C extends AnyContract>(
    address: string | undefined,
    options: ContractIoOptions<C>,
  ): Socket<ClientListenOf<C>, ClientEmitOf<C>>;
}

/** The options of `io` with a contract. */
export type ContractIoOptions<C extends AnyContract> = Omit<IoOptions, "auth" | "contract"> &
  ContractSocketOptions<C>;

/** Makes the `io` of an entry. */
export function createIo(Manager: ManagerClass): Io {
  /** Connections that may be shared, by server and path. */
  const managers = new Map<string, BareManager>();
  return function io(address?: string | AnyIoOptions, options: AnyIoOptions = {}): Socket {
    if (typeof address === "object") return io(undefined, address);
    checkIoOptions(options);
    const socketOptions = options as IoOptions; // with a contract or without: the overloads are for callers
    const { origin, url, namespace, query } = parseAddress(address);
    const managerOptions = Object.keys(query).length > 0 ? { ...options, query } : options;
    const key = `${origin}${options.path ?? "/socket.io"}`;
    const shared = managers.get(key);
    const forceNew = options.forceNew ?? options["force new connection"];
    const alone = forceNew === true || options.multiplex === false;
    if (alone || shared?._has(namespace) === true)
      return new Manager(url, managerOptions).socket(namespace, socketOptions);
    const manager = shared ?? new Manager(url, managerOptions);
    managers.set(key, manager);
    return manager.socket(namespace, socketOptions);
  }; // its type parameters are for the caller to choose
}
