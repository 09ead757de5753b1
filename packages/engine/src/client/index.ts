/** The engine's client, for Node.js. */
export { NodeEngineClient as EngineClient } from "./node-client.ts";
export { nodePlatform as platform } from "./platform/node.ts";
export * from "./exports.ts";
