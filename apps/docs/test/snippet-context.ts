/**
 * What snippets may take for granted: the names of an application around them. A name is declared only in snippets that
 * do not declare it themselves; one that stands neither there nor here does not compile.
 */

const SERVER: Record<string, string> = {
  Server: 'import { Server } from "@telsiz/server";',
  httpServer: 'declare const httpServer: import("node:http").Server;',
  http: 'declare const http: import("node:http").Server;',
  io: 'declare const io: import("@telsiz/server").Server;',
  log: "declare const log: { info(...words: unknown[]): void };",
};

const SERVER_SOCKET = {
  ...SERVER,
  socket: 'declare const socket: import("@telsiz/server").Socket;',
};

const CONTRACTS = {
  chat: 'import { chat } from "./contract.ts";',
  adminContract:
    'import { defineContract } from "@telsiz/events"; const adminContract = defineContract({ clientToServer: {} });',
  manager: 'declare const manager: import("@telsiz/client").Manager;',
};

/** By page, from the root of the repository, or by page and heading. */
const contexts: Record<string, Record<string, string>> = {
  "docs/adapters.md": {
    ...SERVER,
    MyAdapter: 'import { InMemoryAdapter as MyAdapter } from "@telsiz/adapter";',
  },
  "docs/cluster.md": SERVER,
  "docs/contracts.md": {
    ...SERVER_SOCKET,
    ...CONTRACTS,
    isAllowed:
      "declare function isAllowed(text: string, options: { signal: AbortSignal }): Promise<boolean>;",
  },
  "docs/contracts.md#Asking": {
    ...CONTRACTS,
    socket:
      'declare const socket: import("@telsiz/client").Socket<import("@telsiz/events").ClientListenOf<typeof chat>, import("@telsiz/events").ClientEmitOf<typeof chat>>; import { chat } from "./contract.ts";',
    chat: "",
  },
  "packages/server/README.md": {
    ...SERVER,
    mayJoin: "declare function mayJoin(token: unknown, team: string): boolean;",
  },
  "docs/errors.md": {
    socket: 'declare const socket: import("@telsiz/client").Socket;',
    askAgain: "declare function askAgain(): void;",
  },
  "docs/security.md": {
    ...SERVER_SOCKET,
    metrics: "declare const metrics: { count(name: string, event: string | undefined): void };",
  },
};

/** The names that a snippet below a heading of a page may take for granted, each with its declaration. */
export function contextOf(page: string, heading: string): Record<string, string> {
  return contexts[`${page}#${heading}`] ?? contexts[page] ?? SERVER_SOCKET;
}

/** Files of the application that snippets import, by page and name. */
export const neighbours: Record<string, Record<string, string>> = {
  "docs/bundlers.md": {
    // Next.js is a large installation for the types of two methods.
    "next.d.ts": `declare module "next" {
  export default function next(options: { dev: boolean }): {
    prepare(): Promise<void>;
    getRequestHandler(): import("node:http").RequestListener;
  };
}`,
  },
  "docs/cluster.md": {
    "bus.ts": `export declare const bus: {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  send(channel: string, frame: Uint8Array): void;
  on(event: "frame", listener: (frame: Uint8Array) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "reconnect", listener: () => void): void;
};`,
  },
  "docs/adapters.md": {
    "bus.ts": `export declare const bus: {
  subscribe(channel: string, onMessage: (message: unknown) => void): void;
  publish(channel: string, message: unknown): Promise<void>;
};`,
  },
};
