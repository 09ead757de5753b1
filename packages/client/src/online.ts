/** The device's way back to the network, where the platform tells of it: in browsers and their workers. */

/** What is needed of the global object; elsewhere it has none of this. */
interface Globals {
  addEventListener?(event: "online", listener: () => void): void;
  removeEventListener?(event: "online", listener: () => void): void;
}

/** Calls `listener` whenever the device is online again, until the returned function is called. */
export function onOnline(listener: () => void): () => void {
  const globals = globalThis as Globals;
  globals.addEventListener?.("online", listener);
  return () => globals.removeEventListener?.("online", listener);
}
