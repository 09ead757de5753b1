/** HTTP answers of the polling transport (protocol.md A.4). */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { chooseEncoding, createEncoder, type HttpCompressionOptions } from "../http/compression.ts";

/** How long the rest of a refused body may go on arriving, in milliseconds. */
const LINGER_MS = 1000;

/** A body and how it is labelled. */
export interface Answer {
  readonly contentType: string;
  readonly body: string;
  /** Whether the body may be compressed. */
  readonly compress: boolean;
  /** Whether it is the session's first. */
  readonly initial: boolean;
}

/** The answer to a POST that was taken. */
export const TAKEN: Answer = { contentType: "text/html", body: "ok", compress: false, initial: false };

/** How answers are made. */
export interface AnswerSettings {
  readonly httpCompression: HttpCompressionOptions | undefined;
  /** Lets the application see and change the headers of an answer before it is sent. */
  onHeaders(headers: OutgoingHttpHeaders, request: IncomingMessage, initial: boolean): void;
}

/** Answers with status 200. */
export function answer(response: ServerResponse, content: Answer, settings: AnswerSettings): void {
  const request = response.req;
  const length = Buffer.byteLength(content.body);
  const encoding = content.compress ? chooseEncoding(settings.httpCompression, request, length) : undefined;
  const headers: OutgoingHttpHeaders = { "Content-Type": content.contentType };
  if (encoding === undefined) headers["Content-Length"] = length;
  else headers["Content-Encoding"] = encoding;
  if (isInternetExplorer(request)) headers["X-XSS-Protection"] = "0";
  headers["cache-control"] = "no-store";
  settings.onHeaders(headers, request, content.initial);
  writeHeaders(response, headers);
  if (encoding === undefined) return void response.end(content.body);
  const encoder = createEncoder(encoding, settings.httpCompression);
  encoder.on("error", () => response.destroy());
  encoder.pipe(response);
  encoder.end(content.body);
}

/** Answers with a status and nothing else. */
export function answerStatus(response: ServerResponse, status: number, headers?: OutgoingHttpHeaders): void {
  if (response.headersSent) return;
  response.writeHead(status, headers);
  response.end();
}

/**
 * Refuses a request whose body is still arriving. The connection is closed when the body has come or after a while,
 * not at once: a peer that is still writing would be reset before it has read the answer.
 */
export function answerUnread(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  response.writeHead(status, { Connection: "close", "Content-Length": 0 });
  response.flushHeaders();
  const end = (): void => void response.end();
  if (response.req.readableEnded) return end();
  const timer = setTimeout(end, LINGER_MS).unref();
  response.on("close", () => clearTimeout(timer));
  response.req.on("end", end).resume();
}

/** Cookies are added to those that middlewares have set; all else takes the place of what they have set. */
function writeHeaders(response: ServerResponse, headers: OutgoingHttpHeaders): void {
  response.statusCode = 200;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    if (name.toLowerCase() !== "set-cookie") response.setHeader(name, value);
    else response.appendHeader(name, Array.isArray(value) ? value : String(value));
  }
}

/** Old Internet Explorers took answers for pages and refused to show those that echo their request. */
function isInternetExplorer(request: IncomingMessage): boolean {
  const agent = request.headers["user-agent"];
  return (
    agent !== undefined && (agent.includes(";MSIE") || agent.includes("; MSIE") || agent.includes("Trident/"))
  );
}
