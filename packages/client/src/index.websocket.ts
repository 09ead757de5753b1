/** The Telsiz realtime client on WebSocket alone. */
export { io, io as connect, io as default, Manager } from "./websocket.ts";
export * from "./exports.ts";
