/**
 * A server that is drained while another takes over, at one address: stock clients and ours lose nothing that was queued for
 * them, are answered what they asked, and come back by themselves.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { EngineServer } from "@telsiz/engine/server";
import { Server } from "@telsiz/server";
import { exchange, openHttpPort, until } from "@telsiz/testkit";
import type { Socket } from "socket.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { ourClient, stockClient } from "../src/peers.ts";

/** How many clients of each kind over each transport. */
const CLIENTS = 50;

/** How many messages each of them is sent right before the drain. */
const MESSAGES = 50;

/** Two servers behind one address. New sessions go to one of them, requests of a session to the one that has it. */
class Balancer {
  readonly nodes: readonly Server[] = [openNode(), openNode()];
  /** Where new sessions go. */
  target: Server = this.nodes[0]!;

  balance(server: HttpServer): void {
    server.on("request", (request, response) => this.#engineFor(request).handleRequest(request, response));
    server.on("upgrade", (request, socket, head) =>
      this.#engineFor(request).handleUpgrade(request, socket, head),
    );
  }

  #engineFor({ url = "" }: IncomingMessage): EngineServer {
    const sid = new URLSearchParams(url.slice(url.indexOf("?"))).get("sid") ?? "";
    return (this.nodes.find(({ engine }) => engine.clients.has(sid)) ?? this.target).engine;
  }
}

function openNode(): Server {
  return new Server().bind(new EngineServer());
}

/** One client, and what it has got. */
interface Visitor {
  readonly client: Socket;
  readonly numbers: number[];
  answer: unknown;
}

function visit(kind: typeof ourClient, url: string, transport: "websocket" | "polling"): Visitor {
  const client = kind.connect(url, {
    forceNew: true,
    transports: [transport],
    reconnectionDelay: 20,
    reconnectionDelayMax: 100,
  });
  const visitor: Visitor = { client, numbers: [], answer: undefined };
  client.on("n", (n: number) => visitor.numbers.push(n));
  return visitor;
}

describe("a server that is drained", () => {
  it("loses nothing that it has queued, answers what it was asked, and its clients come back to the next", async () => {
    const balancer = new Balancer();
    const [first, second] = balancer.nodes as [Server, Server];
    const http = await openHttpPort();
    balancer.balance(http.server);
    const visitors = [ourClient, stockClient].flatMap((kind) =>
      (["websocket", "polling"] as const).flatMap((transport) =>
        Array.from({ length: CLIENTS }, () => visit(kind, http.url, transport)),
      ),
    );
    onTestFinished(async () => {
      for (const { client } of visitors) client.disconnect();
      await Promise.all([first.close(), second.close(), http.close()]);
    });
    const asked: (() => void)[] = [];
    first.on("connection", (socket) => {
      socket.on("ask", (answer: (text: string) => void) => void asked.push(() => answer("answered")));
    });
    await until(() => first.sockets.sockets.size === visitors.length, "all are there");
    for (const visitor of visitors) {
      visitor.client.emit("ask", (answer: unknown) => (visitor.answer = answer));
    }
    await until(() => asked.length === visitors.length, "all have asked");

    for (let n = 0; n < MESSAGES; n++) first.emit("n", n);
    const drained = first.drain({ spread: 300, inflight: 20_000 });
    const refused = await exchange(http.port, { path: "/engine.io/?EIO=4&transport=polling" });
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "5"]);
    balancer.target = second;
    for (const answer of asked) answer();
    const report = await drained;

    expect(report).toEqual({ connections: visitors.length, cutOff: [] });
    expect(first.engine.clientsCount).toBe(0);
    await until(() => second.sockets.sockets.size === visitors.length, "all have come back");
    const all = Array.from({ length: MESSAGES }, (_, n) => n);
    for (const { numbers, answer } of visitors) expect([numbers, answer]).toEqual([all, "answered"]);
  });
});
