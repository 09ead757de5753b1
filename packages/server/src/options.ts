/** The options of a server (api-surface.md 2). */
import type { AdapterFactory, ClusterFactory } from "@telsiz/adapter";
import { checkEngineOptions, type EngineOptions } from "@telsiz/engine/server";
import {
  checkBooleans,
  checkChoice,
  checkDurations,
  checkFunctions,
  checkStrings,
  type HandlerErrors,
  OptionError,
} from "@telsiz/events";
import type { EmitterParser, Parser } from "@telsiz/parser";
import { checkServerLimits, type ServerLimits } from "./limits.ts";
import { checkRecoveryOptions, type ConnectionStateRecoveryOptions } from "./recovery-options.ts";

/** The options of `new Server(httpServer, options)`: those of the engine, and these. */
export interface ServerOptions extends EngineOptions {
  /** Where requests for Telsiz begin. @default "/socket.io" */
  path?: string;
  /** Whether the client's files are served below the path. @default true */
  serveClient?: boolean;
  /**
   * Whether connections keep the HTTP request that opened them, 1.2 KiB each on the heap. If not, `socket.request` is null once the
   * listeners of `connection` in the client's first namespace were called, and a `socket.handshake` that nobody has read by then knows
   * no headers, URL and query. @default true
   */
  keepRequest?: boolean;
  /** Makes the adapter of each namespace. @default in memory */
  adapter?: AdapterFactory;
  /** Makes this server a node of a cluster, as `memoryCluster` of `@telsiz/cluster` does: in place of `adapter`. @default none */
  cluster?: ClusterFactory | undefined;
  /**
   * Packets to messages and back: a Telsiz parser, or one written for Socket.IO. It has its own limits in place of those
   * that `limits` has for the default parser.
   * @default the default parser
   */
  parser?: Parser | EmitterParser;
  /** Gives a client that lost its connection what it missed, its rooms, its id and its data. @default off */
  connectionStateRecovery?: ConnectionStateRecoveryOptions;
  /**
   * Whether clients of Telsiz send again, after a recovery, what was on its way when their connection was lost, so that
   * it arrives once and in order. It needs `connectionStateRecovery`. What goes the other way is what that recovers.
   * @default true
   */
  delivery?: boolean;
  /**
   * Whether a namespace that was made because a client asked for it, by `io.of(/pattern/)`, ends when its last client
   * has left. One that the application asked for by name stays.
   * @default true
   */
  cleanupEmptyChildNamespaces?: boolean;
  /**
   * What becomes of an error that a function of the application throws, or rejects with: `"report"` tells it to
   * listeners of `handler_error`, or prints it if there are none; `"throw"` throws it where nobody catches it, so that
   * the process ends as with Socket.IO. @default "report"
   */
  handlerErrors?: HandlerErrors;
  /**
   * Timeout of every acknowledgement that has none of its own, broadcasts among them, in milliseconds: callbacks then
   * take an error first. @default none
   */
  ackTimeout?: number | undefined;
  /** Time for a client to join its first namespace, in milliseconds; zero means the default. @default 45_000 */
  connectTimeout?: number;
  /** Limits on what a client may make the server hold and do. The defaults suit most programs. */
  limits?: ServerLimits | undefined;
}

/** Socket.IO's default; a client that connects and then says nothing holds its place for so long. */
export const DEFAULT_CONNECT_TIMEOUT_MS = 45_000;

/** Socket.IO's default. */
export const DEFAULT_PATH = "/socket.io";

/** @throws OptionError */
export function checkServerOptions(options: ServerOptions): void {
  if (typeof options !== "object") throw new OptionError("options", "an object", options);
  checkStrings(options, "path");
  checkBooleans(options, "serveClient", "keepRequest", "delivery", "cleanupEmptyChildNamespaces");
  checkFunctions(options, "adapter", "cluster");
  if (options.adapter !== undefined && options.cluster !== undefined) {
    throw new OptionError("adapter", "left out where a cluster is given", options.adapter);
  }
  checkDurations(options, "ackTimeout", "connectTimeout");
  checkChoice(options, "handlerErrors", ["report", "throw"]);
  checkEngineOptions(options);
  if (options.limits !== undefined) checkServerLimits(options.limits);
  if (options.connectionStateRecovery !== undefined) checkRecoveryOptions(options.connectionStateRecovery);
}
