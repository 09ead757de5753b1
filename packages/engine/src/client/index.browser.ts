/** The engine's client, for browsers. */
export { BrowserEngineClient as EngineClient } from "./browser-client.ts";
export { browserPlatform as platform } from "./platform/browser.ts";
export * from "./exports.ts";
