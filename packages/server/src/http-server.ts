/** The servers of Node that Telsiz attaches to, and those that it makes. */
import type { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { ServerHttp2Session } from "node:http2";
import { inspect } from "node:util";
import type { HttpServer } from "@telsiz/engine/server";
import { InvalidServerError } from "./errors.ts";

/** Where a server may listen: an http, https or http2 server, or a port on which it makes its own. */
export type ServerAddress = HttpServer | number | string;

/** The http server itself, or one that listens on the port. @throws InvalidServerError */
export function openHttpServer(address: ServerAddress): HttpServer {
  return isPort(address) ? listenOn(address) : checkedServer(address);
}

/** An http server that Telsiz is attached to, and will close. */
export class AttachedServer {
  readonly #server: HttpServer;
  /** Of HTTP/2: the server does not end them by itself, as it ends idle connections of HTTP/1. */
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(server: HttpServer) {
    this.#server = server;
    const emitter: EventEmitter = server; // the four have no common type of listeners
    emitter.on("session", (session: ServerHttp2Session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
  }

  /** Resolves with the error that closing reports, if any. A server that does not run is closed already. */
  close(): Promise<Error | undefined> {
    for (const session of this.#sessions) session.close();
    return new Promise((resolve) => {
      // Even if it does not listen yet: it may be about to.
      this.#server.close((error) => {
        const { code } = (error ?? {}) as NodeJS.ErrnoException;
        resolve(code === "ERR_SERVER_NOT_RUNNING" ? undefined : error);
      });
    });
  }
}

const HIGHEST_PORT = 65_535;

/** A port may come as text, from the environment. */
function isPort(server: ServerAddress): server is number | string {
  return typeof server === "number" || (typeof server === "string" && String(Number(server)) === server);
}

function listenOn(address: number | string): HttpServer {
  const port = Number(address);
  if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT) throw invalidServer(address);
  return createServer((_request, response) => {
    response.writeHead(404).end();
  }).listen(port);
}

function checkedServer(server: Exclude<ServerAddress, number>): HttpServer {
  if (typeof server === "function") {
    throw new InvalidServerError(
      "You are trying to attach socket.io to an express request handler function. Please pass a http.Server instance.",
    );
  }
  if (isHttpServer(server)) return server;
  throw invalidServer(server);
}

function isHttpServer(server: unknown): server is HttpServer {
  // Object() so that any value can be asked for its members.
  const { on, listen } = Object(server) as { on?: unknown; listen?: unknown };
  return typeof on === "function" && typeof listen === "function";
}

function invalidServer(given: unknown): InvalidServerError {
  const shown = typeof given === "string" ? JSON.stringify(given) : inspect(given, { depth: 0 });
  return new InvalidServerError(
    `A server must be an http, https or http2 server, or a port from 0 to ${HIGHEST_PORT}, not ${shown}.`,
  );
}
