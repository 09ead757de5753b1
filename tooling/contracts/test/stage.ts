/** A server with the contract of the board, and its clients, all gone at the end of a test. */
import type { ClientContractOptions, Socket as ClientSocket } from "@telsiz/client";
import type {
  ClientEmitOf,
  ClientListenOf,
  ServerEmitOf,
  ServerListenOf,
  ServerSideOf,
  SocketDataOf,
} from "@telsiz/events";
import type { NamespaceOptions, Server, Socket } from "@telsiz/server";
import { type HttpPort, nextEvent, openHttpPort } from "@telsiz/testkit";
import { openContractClient, openContractServer } from "@telsiz/testkit/contracts";
import { afterEach } from "vitest";
import { board } from "../src/board.ts";

type Board = typeof board;

/** The server of the board. */
export type BoardServer = Server<
  ServerListenOf<Board>,
  ServerEmitOf<Board>,
  ServerSideOf<Board>,
  SocketDataOf<Board>
>;

/** The server's side of a client. */
export type BoardSocket = Socket<
  ServerListenOf<Board>,
  ServerEmitOf<Board>,
  ServerSideOf<Board>,
  SocketDataOf<Board>
>;

/** A client of the board. */
export type BoardClient = ClientSocket<ClientListenOf<Board>, ClientEmitOf<Board>>;

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Ends something after the test. */
export function afterwards(close: () => unknown): void {
  closing.push(close);
}

/** A port whose server ends after the test. */
export async function openPort(): Promise<HttpPort> {
  const port = await openHttpPort();
  afterwards(() => port.close());
  return port;
}

/** What was reported on the server. */
export interface Reports {
  readonly invalid: { code: string; event: string; issues: unknown; socket: unknown }[];
  readonly faults: { error: unknown; event: string }[];
}

/** A server of the board. */
export async function openBoard(
  options: Omit<NamespaceOptions<any, any, any, any>, "contract"> = {},
): Promise<{ io: BoardServer; url: string; reports: Reports }> {
  const { io, url, close } = await openContractServer(board, options);
  afterwards(close);
  const reports: Reports = { invalid: [], faults: [] };
  io.on("invalid_event", ({ code, event, issues }, { socket }) =>
    reports.invalid.push({ code, event, issues, socket }),
  );
  io.on("handler_error", (error, { event }) => reports.faults.push({ error, event }));
  return { io, url, reports };
}

/** A client of the board that is connected, and the server's side of it. */
export async function join(
  io: BoardServer,
  url: string,
  options: ClientContractOptions = {},
): Promise<{ client: BoardClient; socket: BoardSocket }> {
  const joined = nextEvent<[BoardSocket]>(io, "connection");
  const client = openContractClient(url, { contract: board, auth: { name: "Ada" }, ...options });
  afterwards(() => client.disconnect());
  const [[socket]] = await Promise.all([joined, nextEvent(client, "connect")]);
  return { client, socket };
}
