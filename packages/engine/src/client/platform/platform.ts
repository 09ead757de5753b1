/**
 * What the client needs of the platform it runs on, but for connections and requests, which each class of transports
 * makes in its own way.
 */
import type { Base64 } from "../../shared/codec.ts";
import type { Clock } from "../../shared/timer-wheel.ts";

/** The host that a page came from. */
export interface PageLocation {
  readonly hostname: string;
  /** Empty for the scheme's default. */
  readonly port: string;
  readonly secure: boolean;
}

/** Whom a page's events concern. */
export interface PageOwner {
  /** The device lost its network. */
  onOffline(): void;
  /** The page is about to go away. */
  onLeave(): void;
}

/** Forms in which binary messages are handed to `message` listeners. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "blob";

/** The cookies that a server gave to one client, where the platform keeps none itself. */
export interface CookieStore {
  /** Takes in the `Set-Cookie` headers of an answer to a request for `url`. */
  store(headers: readonly string[] | undefined, url: URL): void;
  /** Adds the cookies of `url` to the headers of a request, behind those that the application sends itself. */
  addTo(headers: Record<string, string>, url: URL): void;
}

/** A platform. */
export interface Platform {
  /** Bytes to base64 and back. */
  readonly base64: Base64;
  /** Timers and the monotonic time. */
  readonly clock: Clock;
  /** Where the page came from, if there is a page. */
  readonly location: PageLocation | undefined;
  /** What binary messages are given as. */
  readonly binaryType: BinaryType;
  /** Calls `callback` once the code that runs now has come to its end, before time-outs. */
  afterTurn(callback: () => void): void;
  /** The same bytes as the layer above is given them: a `Buffer` on Node.js. */
  toBytes(bytes: Uint8Array): Uint8Array;
  /** Makes room for the cookies of one client. Absent where the platform keeps them by itself. */
  createCookieStore?(): CookieStore;
  /**
   * Reads the body of an answer, of as many bytes as the option `maxPayload` allows; absent where a page may read what it
   * likes. Rejects if it is longer, without reading on.
   */
  readText?(body: ReadableStream<Uint8Array> | null, maxPayload: number | undefined): Promise<string>;
  /** Reports to `owner` until the returned function is called. */
  watchPage(owner: PageOwner): () => void;
}
