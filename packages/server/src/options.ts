/** The options of a server (api-surface.md 2). */
import type { AdapterFactory } from "@telsiz/adapter";
import type { EngineOptions } from "@telsiz/engine/server";
import { checkBooleans, checkDurations, checkFunctions, checkStrings, OptionError } from "@telsiz/events";
import type { EmitterParser, Parser } from "@telsiz/parser";

/** The options of `new Server(httpServer, options)`: those of the engine, and these. */
export interface ServerOptions extends EngineOptions {
  /** Where requests for Telsiz begin. @default "/socket.io" */
  path?: string;
  /** Whether the client's files are served below the path. @default true */
  serveClient?: boolean;
  /** Makes the adapter of each namespace. @default in memory */
  adapter?: AdapterFactory;
  /** Packets to messages and back: a Telsiz parser, or one written for Socket.IO. @default the default parser */
  parser?: Parser | EmitterParser;
  /** Time for a client to join its first namespace, in milliseconds; zero means the default. @default 45_000 */
  connectTimeout?: number;
}

/** Socket.IO's default; a client that connects and then says nothing holds its place for so long. */
export const DEFAULT_CONNECT_TIMEOUT_MS = 45_000;

/** Socket.IO's default. */
export const DEFAULT_PATH = "/socket.io";

/** @throws OptionError */
export function checkServerOptions(options: ServerOptions): void {
  if (typeof options !== "object") throw new OptionError("options", "an object", options);
  checkStrings(options, "path");
  checkBooleans(options, "serveClient");
  checkFunctions(options, "adapter");
  checkDurations(options, "connectTimeout");
}
