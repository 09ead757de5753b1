/** The whole demo in one process: pages, chat and API tour on one HTTP server. */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@telsiz/server";
import { chat } from "../contract.ts";
import { serveChat } from "./chat.ts";
import type { ChatServer } from "./chat-server.ts";
import { openStore } from "./open-store.ts";
import { loadPages } from "./pages.ts";
import type { Store } from "./store.ts";
import { Strain } from "./strain.ts";
import { serveTour } from "./tour.ts";

export interface ChatOptions {
  /** If it is taken, the system chooses another. @default 3000 */
  port?: number;
  /** The address to listen on. The default lets nobody in from other machines. @default "127.0.0.1" */
  host?: string;
  /** Path of the SQLite database, `":memory:"` for one that ends with the process. @default ":memory:" */
  database?: string;
}

export interface Chat {
  url: string;
  io: ChatServer;
  /** What keeps the messages. */
  store: Store;
  close(): Promise<void>;
}

export async function createChat(options: ChatOptions = {}): Promise<Chat> {
  const { port = 3000, host = "127.0.0.1", database = ":memory:" } = options;
  const [pages, store] = await Promise.all([loadPages(), openStore(database)]);
  const http = createServer(pages);
  const strain = new Strain();
  const io: ChatServer = new Server(http, {
    contract: chat,
    // What nobody does by hand.
    limits: { rate: { eventsPerSecond: 150 } },
    allowRequest: strain.allowRequest,
    // Whoever vanished without a word is gone after 15 seconds, and the name is free.
    pingInterval: 10_000,
    pingTimeout: 5000,
  });
  serveChat(io, store, strain);
  serveTour(io);
  await listen(http, port, host);
  return {
    url: `http://localhost:${(http.address() as AddressInfo).port}`,
    io,
    store,
    close: async () => {
      await io.close();
      store.close();
    },
  };
}

function listen(http: HttpServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("listening", resolve);
    http.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" && port !== 0)
        resolve(listen(http.removeAllListeners("error"), 0, host));
      else reject(error);
    });
    http.listen(port, host);
  });
}
