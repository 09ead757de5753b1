/** What the pages see of the client: enough for the tests, whichever way it was loaded. */

export interface BrowserSocket {
  emitWithAck: (event: string, ...args: unknown[]) => Promise<any>;
  emit: (event: string, ...args: any[]) => void;
  once: (event: string, listener: (...args: any[]) => void) => void;
  on: (event: string, listener: (...args: any[]) => void) => void;
  io: { on: (event: string, listener: () => void) => void };
}

declare global {
  interface Window {
    io: (options?: object) => BrowserSocket;
    /** The classes of transports, by name, where the page has them. */
    transports?: Record<string, unknown>;
    socket: BrowserSocket;
    /** What a test notes in the page. */
    log: string[];
  }
}
