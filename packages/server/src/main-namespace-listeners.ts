/** A server listens through its main namespace: its methods for listeners are that namespace's. */
import type { Listener } from "@telsiz/events";

const LISTENING_METHODS = [
  "on",
  "addListener",
  "addEventListener",
  "prependListener",
  "once",
  "prependOnceListener",
  "off",
  "removeListener",
  "removeEventListener",
  "removeAllListeners",
  "listeners",
  "rawListeners",
  "listenerCount",
  "hasListeners",
  "eventNames",
  "setMaxListeners",
  "getMaxListeners",
] as const;

/** What they see of the server. */
interface ListeningServer {
  /** The main namespace. */
  readonly sockets: object;
}

/** Gives the methods to the prototype of servers. */
export function addListenerMethods(server: ListeningServer): void {
  for (const method of LISTENING_METHODS) {
    Object.defineProperty(server, method, {
      configurable: true,
      writable: true,
      value(this: ListeningServer, ...args: unknown[]): unknown {
        const namespace = this.sockets;
        const result: unknown = Reflect.apply(Reflect.get(namespace, method) as Listener, namespace, args);
        return result === namespace ? this : result;
      },
    });
  }
}
