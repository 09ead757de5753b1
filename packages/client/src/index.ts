/** The Telsiz realtime client. */
export { io, io as connect, io as default, Manager } from "./full.ts";
export * from "./exports.ts";
