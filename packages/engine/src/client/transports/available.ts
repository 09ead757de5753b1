/** The transports of a full client, in the order in which they are tried. */
import { polling } from "./polling.ts";
import type { TransportFactory } from "./transport.ts";
import { websocket } from "./websocket.ts";

/** By name. */
export const transports: { readonly polling: TransportFactory; readonly websocket: TransportFactory } = {
  polling,
  websocket,
};

/** Revision of the Engine.IO protocol. */
export const protocol = 4;
