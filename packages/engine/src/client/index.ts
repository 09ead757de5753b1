/** The engine's client, for Node.js. */
export { NodeEngineClient as EngineClient, Socket, transports } from "./node-client.ts";
export { nodePlatform as platform } from "./platform/node.ts";
export { NodeXHR } from "./transports/node-xhr.ts";
export { NodeWebSocket } from "./transports/node-websocket.ts";
export { installTimerFunctions, nextTick, type TimerFunctions, Transport } from "./compat.ts";
export * from "./exports.ts";
