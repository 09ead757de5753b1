/** Compression of polling answers (protocol.md A.4): gzip or deflate, as the request accepts. */
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Transform } from "node:stream";
import type * as Zlib from "node:zlib";

/** Smallest body worth compressing, in bytes. */
const DEFAULT_THRESHOLD = 1024;

/** How answers are compressed: the options of `node:zlib`, and from which size on. */
export interface HttpCompressionOptions extends Zlib.ZlibOptions {
  /** Smaller bodies are sent as they are, in bytes. @default 1024 */
  threshold?: number | undefined;
}

/** A content encoding that is offered. */
export type Encoding = "gzip" | "deflate";

/** Chooses the encoding of a body of `length` bytes; `undefined` to send it as it is. */
export function chooseEncoding(
  options: HttpCompressionOptions | undefined,
  request: IncomingMessage,
  length: number,
): Encoding | undefined {
  if (options === undefined || length < (options.threshold ?? DEFAULT_THRESHOLD)) return undefined;
  const accepted = acceptedEncodings(request.headers["accept-encoding"] ?? "");
  if (accepted.has("gzip")) return "gzip";
  return accepted.has("deflate") ? "deflate" : undefined;
}

/** A stream that compresses what is written to it. */
export function createEncoder(encoding: Encoding, options: HttpCompressionOptions | undefined): Transform {
  // Loaded for the first answer that is worth it.
  const zlib = createRequire(import.meta.url)("node:zlib") as typeof Zlib;
  return encoding === "gzip" ? zlib.createGzip(options) : zlib.createDeflate(options);
}

/** The encodings that `Accept-Encoding` names with a weight above zero. */
function acceptedEncodings(header: string): Set<string> {
  const accepted = new Set<string>();
  for (const item of header.split(",")) {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) accepted.add(name);
  }
  return accepted;
}
