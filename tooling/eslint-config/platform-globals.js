import globals from "globals";

/** What browsers, Node.js, Deno, Bun and workers all have, and what reaches no further than the process. */
const portable = [
  "AbortController",
  "AbortSignal",
  "Blob",
  "DOMException",
  "File",
  "ReadableStream",
  "TextDecoder",
  "TextEncoder",
  "TransformStream",
  "URL",
  "URLSearchParams",
  "WritableStream",
  "atob",
  "btoa",
  "clearInterval",
  "clearTimeout",
  "crypto",
  "performance",
  "queueMicrotask",
  "setInterval",
  "setTimeout",
  "structuredClone",
];

const language = Object.keys(globals.builtin);
const everywhere = new Set([...language, ...portable]);

/** The globals of browsers and of Node.js that portable source must be given. */
export const platformGlobals = [
  ...new Set([...Object.keys(globals.browser), ...Object.keys(globals.node)]),
].filter((name) => !everywhere.has(name));

const inBrowsers = new Set([...language, ...Object.keys(globals.browser)]);

/** The globals that Node.js has and browsers have not. */
export const nodeGlobals = Object.keys(globals.node).filter((name) => !inBrowsers.has(name));
