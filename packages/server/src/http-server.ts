/** The servers of Node that Telsiz attaches to, and those that it makes. */
import { createServer, type Server as PlainServer } from "node:http";
import type { Server as SecureServer } from "node:https";
import { inspect } from "node:util";
import { InvalidServerError } from "./errors.ts";

/** A server for HTTP or HTTPS. */
export type HttpServer = PlainServer | SecureServer;

/** Where a server may listen: an http or https server, or a port on which it makes its own. */
export type ServerAddress = HttpServer | number | string;

/** The http server itself, or one that listens on the port. @throws InvalidServerError */
export function openHttpServer(address: ServerAddress): HttpServer {
  return isPort(address) ? listenOn(address) : checkedServer(address);
}

/** Resolves with the error that closing reports, if any; a server that does not run is closed already. */
export function closeHttpServer(server: HttpServer | undefined): Promise<Error | undefined> {
  return new Promise((resolve) => {
    if (server?.listening !== true) {
      resolve(undefined);
      return;
    }
    server.close((error) => {
      resolve(error);
    });
  });
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
    `A server must be an http or https server, or a port from 0 to ${HIGHEST_PORT}, not ${shown}.`,
  );
}
