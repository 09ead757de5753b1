/** The servers and clients that talk to each other here: ours and the stock ones, under one type. */
import type { Server as HttpServer } from "node:http";
import { io as ourIo, Manager as OurManager } from "@telsiz/client";
import { Server as OurServer } from "@telsiz/server";
import { Server as StockServer, type ServerOptions } from "socket.io";
import {
  io as stockIo,
  Manager as StockManager,
  type ManagerOptions,
  type Socket,
  type SocketOptions,
} from "socket.io-client";

/** The options that a client under test may get. */
export type ClientOptions = Partial<ManagerOptions & SocketOptions & { forceNew: boolean }>;

/** Something that makes servers. The type is that of the stock package: what it says has to hold for ours. */
export interface ServerKind {
  readonly name: string;
  readonly ours: boolean;
  create(httpServer: HttpServer, options?: Partial<ServerOptions>): StockServer;
}

/** Something that makes clients. */
export interface ClientKind {
  readonly name: string;
  readonly ours: boolean;
  /** As `io()`. */
  connect(url: string | undefined, options?: ClientOptions): Socket;
  /** As `new Manager()`. */
  manage(url: string | undefined, options?: ClientOptions): StockManager;
}

/** The published server. */
export const stockServer: ServerKind = {
  name: "socket.io",
  ours: false,
  create: (httpServer, options) => new StockServer(httpServer, options),
};

/** The server of this repository. */
export const ourServer: ServerKind = {
  name: "telsiz",
  ours: true,
  // Option types differ where ours accept less; members that tests use are those of the stock type.
  create: (httpServer, options) => new OurServer(httpServer, options as object) as unknown as StockServer,
};

/** The published client. */
export const stockClient: ClientKind = {
  name: "socket.io-client",
  ours: false,
  connect: (url, options) => stockIo(url, options),
  manage: (url, options) => new StockManager(url, options),
};

/** The client of this repository. */
export const ourClient: ClientKind = {
  name: "telsiz-client",
  ours: true,
  connect: (url, options) => ourIo(url, options as object) as unknown as Socket, // as above
  manage: (url, options) => new OurManager(url, options as object) as unknown as StockManager,
};

/** Who talks to whom. */
export interface Pairing {
  readonly name: string;
  readonly server: ServerKind;
  readonly client: ClientKind;
}

function pairing(client: ClientKind, server: ServerKind): Pairing {
  return { name: `${client.name} -> ${server.name}`, server, client };
}

/** The pairings in which at least one side is ours. */
export const OUR_PAIRINGS: readonly Pairing[] = [
  pairing(stockClient, ourServer),
  pairing(ourClient, stockServer),
  pairing(ourClient, ourServer),
];

/** The stock packages among themselves: what the tests say of others has to hold for them. */
export const STOCK_PAIRING: Pairing = pairing(stockClient, stockServer);

/** The ways to connect. */
export const TRANSPORT_CHOICES = {
  websocket: ["websocket"],
  polling: ["polling"],
  upgrade: ["polling", "websocket"],
} as const;

/** A name of {@link TRANSPORT_CHOICES}. */
export type TransportChoice = keyof typeof TRANSPORT_CHOICES;
