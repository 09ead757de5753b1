/** What a check of the server's API is given: a server of its own, and two clients of it. */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io as connectTo, type Socket as ClientSocket } from "@telsiz/client";
import { BroadcastOperator, Namespace, Server, Socket } from "@telsiz/server";
import { describeAll } from "../describe.ts";
import { Recorder } from "./recorder.ts";

export interface ServerStage {
  io: Server;
  /** The first client's socket, on the server. */
  socket: Socket;
  client: ClientSocket;
  /** The second client, and its socket on the server. */
  other: ClientSocket;
  otherSocket: Socket;
  /** Where the server listens. */
  url: string;
  /** Notes what is used of a further server. */
  watch: <T>(value: T) => T;
}

export const serverRecorder = new Recorder([
  ["Server", Server],
  ["Namespace", Namespace],
  ["BroadcastOperator", BroadcastOperator],
  ["Socket", Socket],
]);

/** Gives `perform` a stage, and clears it afterwards. */
export async function onServerStage(perform: (stage: ServerStage) => Promise<unknown>): Promise<unknown> {
  const http = createServer();
  const io = new Server(http);
  http.listen(0, "127.0.0.1"); // nobody else has any business here
  const url = await addressOf(io);
  const clients: ClientSocket[] = [];
  const enter = async (): Promise<[ClientSocket, Socket]> => {
    const client = connectTo(url, { forceNew: true });
    clients.push(client);
    const socket = await new Promise<Socket>((resolve) => io.once("connection", resolve));
    await new Promise<void>((resolve) => (client.connected ? resolve() : client.once("connect", resolve)));
    return [client, socket];
  };
  const watch: ServerStage["watch"] = (value) => serverRecorder.watch(value);
  try {
    const [client, socket] = await enter();
    const [other, otherSocket] = await enter();
    const server = { io: watch(io), socket: watch(socket), otherSocket: watch(otherSocket) };
    return await perform({ ...server, client, other, url, watch });
  } finally {
    for (const client of clients) client.disconnect();
    await io.close();
  }
}

/** Where a server listens, once it does. */
export async function addressOf({ httpServer }: Server): Promise<string> {
  const http = httpServer as HttpServer; // those of the checks are
  if (!http.listening) await new Promise((resolve) => http.once("listening", resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** What clients hear until all of them have heard `last`: as one text each. */
export async function heardBy(
  clients: readonly ClientSocket[],
  send: () => void,
  last: () => void,
): Promise<string[]> {
  const heard = clients.map((client) => {
    const lines: string[] = [];
    const end = new Promise<void>((resolve) => client.once("last", () => resolve()));
    client.onAny((event: string, ...args: unknown[]) => {
      if (event !== "last") lines.push(`${event}(${describeAll(args)})`);
    });
    return { lines, end };
  });
  send();
  last();
  await Promise.all(heard.map(({ end }) => end));
  return heard.map(({ lines }) => lines.join(" "));
}
