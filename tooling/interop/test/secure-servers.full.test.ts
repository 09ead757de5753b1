/** Servers of HTTPS and of HTTP/2 below Telsiz: with clients, and with requests of HTTP/2 (api-surface.md 1). */
import { once } from "node:events";
import { type ClientHttp2Session, connect, createSecureServer, createServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { authority, nextEvent, serverIdentity, until } from "@telsiz/testkit";
import { type HttpServer, Server, type Socket } from "@telsiz/server";
import type { Socket as ClientSocket } from "socket.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ClientOptions, ourClient, stockClient, TRANSPORT_CHOICES } from "../src/peers.ts";

interface Opened {
  readonly io: Server;
  readonly port: number;
}

/** Attaches Telsiz to a server that then listens, until the end of the test. */
async function open(server: HttpServer): Promise<Opened> {
  const io = new Server(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => io.close());
  return { io, port: (server.address() as AddressInfo).port };
}

const SECURE: [what: string, create: () => HttpServer][] = [
  ["https", () => createHttpsServer(serverIdentity)],
  ["http2 that allows HTTP/1", () => createSecureServer({ ...serverIdentity, allowHTTP1: true })],
];

describe.each(SECURE)("a server of %s", (_what, create) => {
  describe.each([stockClient, ourClient])("with $name", ({ connect: connectTo }) => {
    it.each(Object.entries(TRANSPORT_CHOICES))("connects over %s", async (_choice, transports) => {
      const { io, port } = await open(create());
      const connected = nextEvent<[Socket]>(io, "connection");
      const options: ClientOptions = { transports: [...transports], forceNew: true, ca: String(authority) };
      const client: ClientSocket = connectTo(`https://localhost:${port}`, options);
      onTestFinished(() => void client.disconnect());
      const [socket] = await connected;
      expect(socket.handshake.secure).toBe(true);
      expect(socket.handshake.address).toBe("127.0.0.1");
      expect(socket.handshake.headers.host).toBe(`localhost:${port}`);
      const target = transports.at(-1)!;
      await until(() => socket.conn.transport.name === target, target);
      socket.on("double", (n: number, answer: (n: number) => void) => answer(2 * n));
      expect(await client.emitWithAck("double", 21)).toBe(42);
      const left = nextEvent(socket, "disconnect");
      client.disconnect();
      expect((await left)[0]).toBe("client namespace disconnect");
    });
  });
});

describe.each<[string, () => HttpServer, string]>([
  ["HTTP/2 over TLS", () => createSecureServer(serverIdentity), "https"],
  ["HTTP/2 without TLS", () => createServer(), "http"],
])("requests of %s", (_what, create, scheme) => {
  interface Asked extends Opened {
    readonly client: ClientHttp2Session;
    /** Sends a request; resolves with status and body. */
    ask(method: string, path: string, headers?: object, body?: string): Promise<[number, string]>;
  }

  async function start(): Promise<Asked> {
    const opened = await open(create());
    const client = connect(`${scheme}://localhost:${opened.port}`, { ca: String(authority) });
    onTestFinished(() => client.destroy());
    const ask: Asked["ask"] = async (method, path, headers = {}, body) => {
      const stream = client.request({ ":method": method, ":path": path, ...headers });
      stream.setEncoding("utf8").end(body);
      const [answer] = (await once(stream, "response")) as [{ ":status": number }];
      let text = "";
      for await (const chunk of stream) text += String(chunk);
      return [answer[":status"], text];
    };
    return { ...opened, client, ask };
  }

  const PATH = "/socket.io/?EIO=4&transport=polling";

  /** Opens a session and joins the main namespace; where its requests go, and its socket. */
  async function join({ io, ask }: Asked, headers?: object): Promise<{ path: string; socket: Socket }> {
    const [, opening] = await ask("GET", PATH, headers);
    const { sid } = JSON.parse(opening.slice(1)) as { sid: string };
    const path = `${PATH}&sid=${sid}`;
    const connected = nextEvent<[Socket]>(io, "connection");
    expect(await ask("POST", path, headers, "40")).toEqual([200, "ok"]);
    const [socket] = await connected;
    expect(await ask("GET", path, headers)).toEqual([200, `40${JSON.stringify({ sid: socket.id })}`]);
    return { path, socket };
  }

  it("carry events both ways over polling", async () => {
    const asked = await start();
    const { path, socket } = await join(asked);
    const greeted = nextEvent(socket, "greet");
    expect(await asked.ask("POST", path, {}, '42["greet","Ada"]')).toEqual([200, "ok"]);
    expect(await greeted).toEqual(["Ada"]);
    socket.emit("welcome", "x".repeat(2000));
    expect(await asked.ask("GET", path)).toEqual([200, `42["welcome","${"x".repeat(2000)}"]`]);
  });

  it("are known to the socket, even when the request is long over", async () => {
    const asked = await start();
    const { socket } = await join(asked, { "x-token": "abc" });
    expect(socket.handshake).toMatchObject({
      secure: scheme === "https",
      address: "127.0.0.1",
      xdomain: false,
      url: PATH,
      query: { EIO: "4", transport: "polling" },
      headers: { "x-token": "abc", ":authority": `localhost:${asked.port}` },
    });
  });

  it("are of the same origin when the origin is the authority, cookies or not", async () => {
    const asked = await start();
    const origin = `${scheme}://localhost:${asked.port}`;
    const { socket } = await join(asked, { origin, cookie: "a=b" });
    expect(socket.handshake.xdomain).toBe(true);
    expect(await asked.ask("GET", PATH, { origin: "https://evil.example", cookie: "a=b" })).toEqual([
      403,
      '{"code":4,"message":"Forbidden"}',
    ]);
  });

  it("are refused with the codes that they have over HTTP/1", async () => {
    const { ask } = await start();
    expect(await ask("GET", `${PATH}&sid=nobody`)).toEqual([
      400,
      '{"code":1,"message":"Session ID unknown"}',
    ]);
    expect(await ask("PUT", PATH)).toEqual([400, '{"code":2,"message":"Bad handshake method"}']);
  });

  it("end with the server, though the client would stay", async () => {
    const asked = await start();
    const { path, socket } = await join(asked);
    const left = nextEvent(socket, "disconnect");
    const poll = asked.ask("GET", path);
    const gone = once(asked.client, "close");
    await until(() => socket.conn.writable, "a poll that waits");
    await asked.io.close();
    expect((await left)[0]).toBe("server shutting down");
    expect(await poll).toEqual([200, "1"]);
    await gone;
  });
});
