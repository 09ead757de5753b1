/** Browsers and their workers. */
import type { PageLocation, PageOwner, Platform } from "./platform.ts";

function pageLocation(): PageLocation | undefined {
  // Workers of opaque origin, and programs that bundle this entry for elsewhere, have none.
  const location = (globalThis as { location?: Location }).location;
  return (
    location && { hostname: location.hostname, port: location.port, secure: location.protocol === "https:" }
  );
}

function watchPage(owner: PageOwner): () => void {
  if (typeof addEventListener !== "function") return () => {}; // React Native
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("offline", () => owner.onOffline(), { signal });
  addEventListener("beforeunload", () => owner.onLeave(), { signal });
  return () => listening.abort();
}

/** A browser as a platform. */
export const browserPlatform: Platform = {
  base64: {
    encode(bytes) {
      let binary = "";
      // By parts, since a function takes only so many arguments.
      for (let start = 0; start < bytes.length; start += 8192) {
        binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
      }
      return btoa(binary);
    },
    decode(text) {
      const alphabet = text
        .replace(/-/g, "+")
        .replace(/_/g, "/")
        .replace(/[^A-Za-z\d+/]/g, "");
      // A last character alone holds no byte, and atob refuses it.
      const whole = alphabet.length % 4 === 1 ? alphabet.slice(0, -1) : alphabet;
      return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
    },
  },
  clock: {
    now: () => performance.now(),
    setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
    clearTimeout: (timer) => clearTimeout(timer as number | undefined),
  },
  get location() {
    return pageLocation();
  },
  binaryType: "arraybuffer",
  afterTurn: (callback) => queueMicrotask(callback),
  toBytes: (bytes) => bytes,
  watchPage,
};
