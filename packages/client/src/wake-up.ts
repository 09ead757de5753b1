/** When it is worth trying again: the device is back on the network, or the page, whose timers were slowed down, is seen again. */

/** What is needed of the global object, in browsers and their workers; elsewhere it has none of this. */
interface Globals {
  addEventListener?(event: "online", listener: () => void): void;
  removeEventListener?(event: "online", listener: () => void): void;
  readonly document?: {
    readonly visibilityState: string;
    addEventListener(event: "visibilitychange", listener: () => void): void;
    removeEventListener(event: "visibilitychange", listener: () => void): void;
  };
}

/** Calls `listener` whenever that is so, until the returned function is called. */
export function onWakeUp(listener: () => void): () => void {
  const globals = globalThis as Globals;
  const { document } = globals;
  const onVisibility = (): void => {
    if (document?.visibilityState === "visible") listener();
  };
  globals.addEventListener?.("online", listener);
  document?.addEventListener("visibilitychange", onVisibility);
  return () => {
    globals.removeEventListener?.("online", listener);
    document?.removeEventListener("visibilitychange", onVisibility);
  };
}
