/** Servers that break the protocol, on purpose or not: the client says what happened and lives on. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { EngineClient, type EngineClientOptions, Fetch } from "../../src/client/index.ts";

const OPEN = '0{"sid":"s1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(made: Server): Promise<string> {
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

/** How the connection to `url` ends: reason, and the error's message or the description. */
function ending(
  url: string | undefined,
  options: EngineClientOptions,
): Promise<{ reason: string; why: string | undefined; opened: boolean }> {
  const client = new EngineClient(url, options);
  let opened = false;
  client.on("open", () => (opened = true));
  return new Promise((resolve) => {
    client.on("close", (reason, details) => {
      resolve({ reason, why: details instanceof Error ? details.message : details?.description, opened });
    });
    client.open();
  });
}

describe("over WebSocket", () => {
  async function endingAfter(script: (peer: WebSocket, socket: Socket) => void): ReturnType<typeof ending> {
    const http = createServer();
    const wss = new WebSocketServer({ server: http });
    wss.on("connection", (peer, request) => script(peer, request.socket));
    return ending(await listen(http), { transports: ["websocket"] });
  }

  it.each([
    ["invalid JSON", "0{"],
    ["no object", "0null"],
    ["no upgrades", '0{"sid":"a","pingInterval":1,"pingTimeout":1}'],
  ])("fails when the open packet has %s", async (_name, packet) => {
    expect(await endingAfter((peer) => peer.send(packet))).toMatchObject({
      reason: "parse error",
      opened: false,
    });
  });

  it("ignores messages before the open packet", async () => {
    const end = await endingAfter((peer) => {
      peer.send("4early");
      peer.send("2");
      peer.send(OPEN);
      peer.close();
    });
    expect(end).toMatchObject({
      reason: "transport close",
      why: "websocket connection closed",
      opened: true,
    });
  });

  it("ends on an empty packet", async () => {
    const end = await endingAfter((peer) => {
      peer.send(OPEN);
      peer.send("");
    });
    expect(end).toEqual({ reason: "transport error", why: "server error", opened: true });
  });

  it("ends on a frame that is none", async () => {
    const end = await endingAfter((peer, socket) => {
      peer.send(OPEN, () => socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])));
    });
    expect(end).toEqual({ reason: "transport error", why: "websocket error", opened: true });
  });

  it("ends when the connection breaks off", async () => {
    const end = await endingAfter((peer, socket) => peer.send(OPEN, () => socket.resetAndDestroy()));
    expect(end).toMatchObject({ opened: true, reason: expect.stringMatching(/^transport (close|error)$/) });
  });

  it("ends on a message longer than ten megabytes", async () => {
    const end = await endingAfter((peer) => {
      peer.send(OPEN);
      peer.send(Buffer.alloc(10_000_001));
    });
    expect(end).toEqual({ reason: "transport error", why: "websocket error", opened: true });
  });

  it("fails when the server closes at once, or answers no upgrade", async () => {
    expect(await endingAfter((peer) => peer.close())).toMatchObject({
      why: "websocket error",
      opened: false,
    });
    const refusing = await listen(
      createServer().on("upgrade", (_request, socket) => {
        socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      }),
    );
    expect(await ending(refusing, { transports: ["websocket"] })).toMatchObject({ why: "websocket error" });
  });
});

describe("over polling", () => {
  type Answer = (response: ServerResponse, request: IncomingMessage) => void;

  /** The first GET gets the first answer, and so on; POSTs are answered `ok`. */
  async function endingAfter(
    answers: Answer[],
    options: EngineClientOptions = {},
  ): ReturnType<typeof ending> {
    const http = createServer((request, response) => {
      if (request.method === "POST") return void response.end("ok");
      answers.shift()?.(response, request);
    });
    return ending(await listen(http), { transports: ["polling"], ...options });
  }
  const text =
    (body: string | Buffer): Answer =>
    (response) =>
      response.end(body);

  it.each([
    ["an empty body", ""],
    ["a web page", "<html></html>"],
    ["invalid UTF-8", Buffer.from([0xff, 0xfe])],
    ["no open packet's data", "0"],
  ])("fails on %s", async (_name, body) => {
    expect(await endingAfter([text(body)])).toMatchObject({ opened: false });
  });

  it("ends when the server closes in the payload of the open packet", async () => {
    expect(await endingAfter([text(`${OPEN}\u001e1`)])).toEqual({
      reason: "transport close",
      why: "transport closed by the server",
      opened: true,
    });
  });

  it("ends when an answer breaks off", async () => {
    const end = await endingAfter([
      text(OPEN),
      (response) => {
        response.writeHead(200, { "Content-Length": 100 });
        response.write("4a", () => response.destroy());
      },
    ]);
    expect(end).toEqual({ reason: "transport error", why: "xhr poll error", opened: true });
  });

  it("ends on an answer longer than maxPayload, without reading it all", async () => {
    const end = await endingAfter([text(OPEN), text(`4${"x".repeat(5000)}`)], { maxPayload: 1000 });
    expect(end).toEqual({ reason: "transport error", why: "xhr poll error", opened: true });
  });

  it.each([
    ["node:http", "polling"],
    ["fetch", Fetch],
  ] as const)("ends on an answer without end, with %s", async (_what, transport) => {
    const endless: Answer = (response) => {
      response.writeHead(200, { "Content-Type": "text/plain" });
      const write = (): void => void response.write("4".repeat(10_000), (error) => error ?? write());
      write();
    };
    const options = { maxPayload: 100_000, transports: [transport] };
    const end = await endingAfter([text(OPEN), endless], options);
    expect(end).toEqual({ reason: "transport error", why: "xhr poll error", opened: true });
  });

  it("reads with fetch what is not longer than maxPayload, characters of several bytes among it", async () => {
    const body = `4${"ş".repeat(400)}\u001e1`;
    const options = { maxPayload: 1000, transports: [Fetch] };
    expect(await endingAfter([text(OPEN), text(body)], options)).toMatchObject({
      why: "transport closed by the server",
    });
  });

  it("ends on a redirection and on any other status", async () => {
    const redirect: Answer = (response) => response.writeHead(302, { Location: "/elsewhere" }).end();
    expect(await endingAfter([redirect])).toMatchObject({ why: "xhr poll error", opened: false });
  });

  it("lives through a body of a hundred thousand packets", async () => {
    const end = await endingAfter([text(`${OPEN}${"\u001e4".repeat(100_000)}\u001e1`)]);
    expect(end).toMatchObject({ why: "transport closed by the server" });
  });

  it("fails on headers that cannot be sent", async () => {
    const end = await endingAfter([text(OPEN)], { extraHeaders: { "x-bad": "a\nb" } });
    expect(end).toMatchObject({ why: "xhr poll error", opened: false });
  });

  it("fails on an address that nobody can have", async () => {
    expect(await ending(undefined, { hostname: "exa mple", transports: ["polling"] })).toMatchObject({
      why: "xhr poll error",
    });
    expect(await ending(undefined, { hostname: "exa mple", transports: ["websocket"] })).toMatchObject({
      why: "websocket error",
    });
  });
});

describe("cookies", () => {
  async function cookiesSeen(options: EngineClientOptions): Promise<(string | undefined)[]> {
    const seen: (string | undefined)[] = [];
    const http = createServer((request, response) => {
      seen.push(request.headers.cookie);
      if (seen.length === 1) response.setHeader("Set-Cookie", ["a=1; Path=/", "b=2; Path=/; Secure"]);
      response.end(seen.length === 1 ? OPEN : "1");
    });
    await ending(await listen(http), { transports: ["polling"], ...options });
    return seen;
  }

  it("go back to the server with withCredentials", async () => {
    expect(await cookiesSeen({ withCredentials: true })).toEqual([undefined, "a=1"]);
  });

  it("are not kept without", async () => {
    expect(await cookiesSeen({})).toEqual([undefined, undefined]);
  });
});
