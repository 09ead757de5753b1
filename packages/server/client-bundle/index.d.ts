/**
 * The directory that holds the client for pages: socket.io.js, socket.io.min.js, socket.io.esm.min.js and
 * socket.io.msgpack.min.js, and the .map of each, all of them compressed and with .br at the end of their names.
 */
export declare function clientBundleDirectory(): Promise<string>;
