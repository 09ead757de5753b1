/**
 * The directory that holds the client for pages: socket.io.js, socket.io.min.js, socket.io.esm.min.js and
 * socket.io.msgpack.min.js, the .map of each, and a .br and a .gz of every one of these.
 */
export declare function clientBundleDirectory(): Promise<string>;
