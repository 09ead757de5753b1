/** Servers of one line: on a port of its own, or on an http server that is there. */
import { createServer } from "node:http";
import { OptionError } from "@telsiz/events";
import { EngineServer } from "./engine-server.ts";
import type { HttpServer } from "./hosts/node.ts";
import type { EngineOptions } from "./options.ts";

/**
 * Starts an http server for the engine alone; requests for other paths get 501.
 * @param port from 0, for any that is free, to 65535
 * @param callback called when it listens
 * @throws OptionError if the port or an option is not acceptable
 */
export function listen(port: number, options: EngineOptions = {}, callback?: () => void): EngineServer {
  checkPort(port);
  const server = createServer((_request, response) => {
    response.writeHead(501);
    response.end("Not Implemented");
  });
  const engine = attach(server, options);
  server.listen(port, callback);
  return engine;
}

/** Makes an engine and attaches it to `server`. @throws OptionError if it is no http server or an option is not acceptable */
export function attach(server: HttpServer, options: EngineOptions = {}): EngineServer {
  return new EngineServer(options).attach(server, options);
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new OptionError("port", "a whole number from 0 to 65535", port);
  }
}
