/** The servers of Node that Telsiz attaches to. */
import type { Server as PlainServer } from "node:http";
import type { Server as SecureServer } from "node:https";

/** A server for HTTP or HTTPS. */
export type HttpServer = PlainServer | SecureServer;
