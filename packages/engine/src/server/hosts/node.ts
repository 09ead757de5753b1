/** Puts the engine on a Node `http`, `https` or `http2` server (protocol.md A.1, A.5). */
import type { IncomingMessage, Server as PlainServer, ServerResponse } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import { OptionError, startDeadline } from "@telsiz/events";
import { type AttachOptions, checkAttachOptions } from "../options.ts";

/** A server for HTTP or HTTPS. Requests of HTTP/2 come in the form of Node's compatibility API; WebSockets need HTTP/1. */
export type HttpServer = PlainServer | SecureServer | Http2Server | Http2SecureServer;

/** What the host needs of the engine. */
export interface NodeHandler {
  readonly opts: { readonly transports: readonly string[] };
  handleRequest(request: IncomingMessage, response: ServerResponse): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): unknown;
}

const DEFAULT_PATH = "/engine.io";

/** How long another listener has time to answer a foreign upgrade, in milliseconds. */
const DESTROY_UPGRADE_TIMEOUT_MS = 1000;

/**
 * Hands the requests below the path to `engine`, all others to the listeners that were there before.
 * @throws OptionError if `server` is no http server or an option is not acceptable
 */
export function attachToNode(engine: NodeHandler, server: HttpServer, options: AttachOptions): void {
  if (!isServer(server)) throw new OptionError("server", "an http, https or http2 server", server);
  checkAttachOptions(options);
  const prefix = pathPrefix(options);
  // The raw target is compared, case and all, as in Socket.IO: `/engine.io/any/thing` is the engine's too.
  const isOurs = (request: IncomingMessage): boolean => request.url?.startsWith(prefix) === true;
  takeRequests(engine, server, isOurs);
  if (engine.opts.transports.includes("websocket")) takeUpgrades(engine, server, isOurs, options);
  server.on("close", () => engine.close());
}

function isServer(server: unknown): boolean {
  return typeof server === "object" && server !== null && "listen" in server && "on" in server;
}

/** The path as requests have it. */
function pathPrefix({ path = DEFAULT_PATH, addTrailingSlash = true }: AttachOptions): string {
  const bare = path.replace(/\/$/, "");
  return addTrailingSlash ? `${bare}/` : bare;
}

function takeRequests(
  engine: NodeHandler,
  server: HttpServer,
  isOurs: (request: IncomingMessage) => boolean,
): void {
  const others = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (isOurs(request)) return engine.handleRequest(request, response);
    for (const listener of others) Reflect.apply(listener, server, [request, response]);
  });
}

function takeUpgrades(
  engine: NodeHandler,
  server: HttpServer,
  isOurs: (request: IncomingMessage) => boolean,
  { destroyUpgrade = true, destroyUpgradeTimeout = DESTROY_UPGRADE_TIMEOUT_MS }: AttachOptions,
): void {
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOurs(request)) return engine.handleUpgrade(request, socket, head);
    if (!destroyUpgrade) return;
    // A reset must not be an uncaught error while the socket waits (CVE-2022-41940).
    socket.on("error", () => socket.destroy());
    startDeadline(endIfUnanswered, destroyUpgradeTimeout, socket)?.unref();
  });
}

/** Ends a socket whose upgrade request nobody has answered. */
function endIfUnanswered(socket: Duplex & { readonly bytesWritten?: number }): void {
  if (socket.writable && (socket.bytesWritten ?? 0) === 0) socket.end();
}
