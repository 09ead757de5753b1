/** What a page imports from /socket.io/socket.io.esm.min.js: the package, by the same names. */
export * from "../index.ts";
export { default } from "../index.ts";
