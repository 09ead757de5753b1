/** The engine's client, for browsers. */
export { BrowserEngineClient as EngineClient, Socket, transports } from "./browser-client.ts";
export { browserPlatform as platform } from "./platform/browser.ts";
// A program for both platforms may name those of Node.js: here they are what comes nearest.
export { XHR as NodeXHR } from "./transports/xhr.ts";
export { WebSocket as NodeWebSocket } from "./transports/browser-websocket.ts";
export { installTimerFunctions, nextTick, type TimerFunctions, Transport } from "./compat.ts";
export * from "./exports.ts";
