/**
 * The Telsiz realtime client, which logs what it does: in browsers what `localStorage.debug` asks for, such as `telsiz:*`. On
 * Node.js every entry logs what the environment variable `DEBUG` asks for.
 */
import { BareEngineClient, logEngineClient } from "@telsiz/engine/client";
import { createLogs } from "@telsiz/events";

/** Read for each connection, so that it can be set while a page is open. */
function chosenAreas(): string | null {
  try {
    return localStorage.getItem("debug");
  } catch {
    return null; // in a worker there is none, and a page without an origin may not look
  }
}

BareEngineClient.observe ??= (client) => {
  logEngineClient(
    client,
    createLogs(chosenAreas(), (area, line) => console.debug(area, line)),
  );
};

export { io, io as connect, io as default, Manager } from "./full.ts";
export * from "./exports.ts";
