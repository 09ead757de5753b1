/** Our engine client against the stock `engine.io` server. */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EngineClient, type EngineClientOptions } from "@telsiz/engine/client";
import { Server, type ServerOptions, type Socket } from "engine.io";
import { afterEach, describe, expect, it } from "vitest";

let http: HttpServer;
let engine: Server;
let url: string;

async function start(options: ServerOptions = {}): Promise<void> {
  http = createServer();
  engine = new Server(options);
  engine.attach(http);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

afterEach(async () => {
  engine.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

/** A client and the server's end of its connection. */
async function connect(options: EngineClientOptions): Promise<{ client: EngineClient; peer: Socket }> {
  const arrived = new Promise<Socket>((resolve) => engine.once("connection", resolve));
  const client = new EngineClient(url, options);
  const opened = new Promise<void>((resolve, reject) => client.once("open", resolve).once("error", reject));
  client.open();
  await opened;
  return { client, peer: await arrived };
}

/** The first `count` messages that come. */
function messages(
  from: { on(event: "message", listener: (data: any) => void): unknown },
  count: number,
): Promise<unknown[]> {
  const got: unknown[] = [];
  return new Promise((resolve) => {
    from.on("message", (data: unknown) => {
      got.push(data);
      if (got.length === count) resolve(got);
    });
  });
}

const closing = (of: {
  once(event: "close", listener: (...args: any[]) => void): unknown;
}): Promise<unknown[]> => new Promise((resolve) => of.once("close", (...args) => resolve(args)));

const UPGRADE: EngineClientOptions = { transports: ["polling", "websocket"] };

const variants: [string, EngineClientOptions][] = [
  ["polling", { transports: ["polling"] }],
  ["websocket", { transports: ["websocket"] }],
  ["the upgrade", UPGRADE],
  ["polling in base64", { transports: ["polling"], forceBase64: true }],
  ["websocket in base64", { transports: ["websocket"], forceBase64: true }],
  ["a websocket that compresses", { transports: ["websocket"], perMessageDeflate: { threshold: 0 } }],
];

describe.each(variants)("over %s", (_name, options) => {
  it("exchanges text and bytes both ways, in order", async () => {
    await start({ perMessageDeflate: true });
    const { client, peer } = await connect(options);
    const sent = ["a", Buffer.from([0, 1, 255]), "€\u2028😀", Buffer.alloc(0), Buffer.alloc(4000, 7), "z"];
    const there = messages(peer, sent.length);
    for (const data of sent) client.send(data);
    expect(await there).toEqual(sent);
    const back = messages(client, sent.length);
    for (const data of sent) peer.send(data);
    expect(await back).toEqual(sent);
    client.close();
  });

  it("closes from the client's side", async () => {
    await start();
    const { client, peer } = await connect(options);
    const ends = Promise.all([closing(client), closing(peer)]);
    client.close();
    const [mine, theirs] = await ends;
    expect(mine).toEqual(["forced close", undefined]);
    expect(theirs[0]).toBe("transport close");
    expect(engine.clientsCount).toBe(0);
  });

  it("closes from the server's side", async () => {
    await start();
    const { client, peer } = await connect(options);
    const end = closing(client);
    peer.close();
    const [reason, details] = await end;
    expect(reason).toBe("transport close");
    expect(details).toMatchObject({
      description: expect.stringMatching(/^(websocket connection closed|transport closed by the server)$/),
    });
  });

  it("keeps a session alive by answering pings", async () => {
    await start({ pingInterval: 20, pingTimeout: 2000 });
    const { client, peer } = await connect(options);
    let pongs = 0;
    await new Promise<void>((resolve) => {
      peer.on("heartbeat", () => {
        if (++pongs === 5) resolve();
      });
    });
    expect([client.readyState, peer.readyState]).toEqual(["open", "open"]);
    client.close();
  });
});

describe("the upgrade", () => {
  it("loses, doubles and reorders nothing of 10,000 numbered messages each way", async () => {
    await start();
    const { client, peer } = await connect(UPGRADE);
    const numbers = Array.from({ length: 10_000 }, (_, index) => String(index));
    const there = messages(peer, numbers.length);
    const back = messages(client, numbers.length);
    const upgraded = new Promise<string>((resolve) => client.once("upgrade", ({ name }) => resolve(name)));
    let next = 0;
    // The stream has to run before, during and after the move.
    const pump = (): void => {
      for (const end = Math.min(next + 25, numbers.length); next < end; next++) {
        client.send(numbers[next]!);
        peer.send(numbers[next]!);
      }
      if (next < numbers.length) setImmediate(pump);
    };
    pump();
    expect(await upgraded).toBe("websocket");
    expect(await there).toEqual(numbers);
    expect(await back).toEqual(numbers);
    client.close();
  });

  it("closes properly when it is closed during the move", async () => {
    await start();
    const { client, peer } = await connect(UPGRADE);
    const last = messages(peer, 1);
    const ends = Promise.all([closing(client), closing(peer)]);
    client.once("upgrading", () => client.send("last").close());
    expect(await last).toEqual(["last"]);
    const [[reason]] = await ends;
    expect(reason).toBe("forced close");
  });
});

describe("limits and refusals", () => {
  it("batches posts within the server's maxHttpBufferSize", async () => {
    await start({ maxHttpBufferSize: 120 });
    const { client, peer } = await connect({ transports: ["polling"] });
    const sent = Array.from({ length: 20 }, (_, index) =>
      index % 3 ? "é".repeat(20) : Buffer.alloc(40, index),
    );
    const there = messages(peer, sent.length);
    for (const data of sent) client.send(data);
    expect(await there).toEqual(sent);
    client.close();
  });

  it("ends with xhr post error when a message is too long for the server", async () => {
    await start({ maxHttpBufferSize: 120 });
    const { client } = await connect({ transports: ["polling"] });
    const end = closing(client);
    client.send("x".repeat(500));
    expect(await end).toEqual([
      "transport error",
      expect.objectContaining({ message: "xhr post error", description: 413 }),
    ]);
  });

  it("fails with the status and answer of a server that refuses", async () => {
    await start({ allowRequest: (_request, decide) => decide("no entry", false) });
    await expect(connect({ transports: ["polling"] })).rejects.toMatchObject({
      message: "xhr poll error",
      description: 403,
      context: { responseText: expect.stringContaining("no entry") },
    });
    await expect(connect({ transports: ["websocket"] })).rejects.toMatchObject({
      message: "websocket error",
    });
  });

  it("falls back to WebSocket with tryAllTransports where polling is refused", async () => {
    await start({ transports: ["websocket"] });
    const { client } = await connect({ ...UPGRADE, tryAllTransports: true });
    expect(client.transport.name).toBe("websocket");
    client.close();
  });

  it("sends extra headers, the query and cookies with requests of both transports", async () => {
    const seen: unknown[] = [];
    await start({
      cookie: true,
      allowRequest: (request, decide) => {
        seen.push([request.headers["x-mine"], new URL(request.url!, "http://h").searchParams.get("q")]);
        decide(null, true);
      },
    });
    const headers: unknown[] = [];
    http.prependListener("upgrade", (request) => headers.push(request.headers.cookie));
    const { client } = await connect({
      ...UPGRADE,
      withCredentials: true,
      extraHeaders: { "x-mine": "1" },
      query: { q: "2 3" },
    });
    await new Promise((resolve) => client.once("upgrade", resolve));
    expect(seen).toEqual([["1", "2 3"]]);
    expect(headers).toEqual([`io=${client.id}`]);
    client.close();
  });
});
