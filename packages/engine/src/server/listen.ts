/** Servers of one line: on a port of its own, or on an http server that is there. */
import { createServer, type Server as HttpServer } from "node:http";
import { EngineServer } from "./engine-server.ts";
import type { EngineOptions } from "./options.ts";

/**
 * Starts an http server for the engine alone; requests for other paths get 501.
 * @param callback called when it listens
 */
export function listen(port: number, options: EngineOptions = {}, callback?: () => void): EngineServer {
  const server = createServer((_request, response) => {
    response.writeHead(501);
    response.end("Not Implemented");
  });
  const engine = attach(server, options);
  server.listen(port, callback);
  return engine;
}

/** Makes an engine and attaches it to `server`. */
export function attach(server: HttpServer, options: EngineOptions = {}): EngineServer {
  return new EngineServer(options).attach(server, options);
}
