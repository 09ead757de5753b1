/** The options of clients on Node.js that concern requests and connections, over either transport (api-surface.md 11). */
import { Agent, type IncomingMessage } from "node:http";
import { createConnection } from "node:net";
import { nextEvent, openHttpPort, until } from "@telsiz/testkit";
import type { ServerOptions, Socket as ServerSocket } from "socket.io";
import { afterEach, describe, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { type ClientOptions, OUR_PAIRINGS, STOCK_PAIRING } from "../src/peers.ts";

type Transport = "polling" | "websocket";

const pairings = [STOCK_PAIRING, ...OUR_PAIRINGS.filter(({ client }) => client.ours)];

describe.each(pairings)("$name", ({ server, client: kind }) => {
  let meeting: Meeting;
  /** The requests that the server got, upgrades included. */
  let requests: IncomingMessage[];

  async function serve(options: Partial<ServerOptions> = {}): Promise<void> {
    meeting = await openMeeting(server, options, kind);
    requests = [];
    for (const event of ["request", "upgrade"]) {
      meeting.http.prependListener(event, (request: IncomingMessage) => requests.push(request));
    }
  }

  afterEach(() => meeting.close());

  const QUICK = { reconnectionDelay: 1, reconnectionDelayMax: 2 };
  /** The server's side of a client that is connected. */
  async function connect(options: object, url?: string): Promise<ServerSocket> {
    const client = meeting.client({ ...QUICK, ...options }, url);
    const [[socket]] = await Promise.all([
      nextEvent<[ServerSocket]>(meeting.io, "connection"),
      nextEvent(client, "connect"),
    ]);
    return socket;
  }
  const failure = async (options: object, url?: string): Promise<any> => {
    const given = { reconnection: false, ...options } as ClientOptions;
    return (await nextEvent<[any]>(meeting.client(given, url), "connect_error"))[0];
  };
  const param = (request: IncomingMessage, name: string): string | null =>
    new URL(request.url!, meeting.url).searchParams.get(name);

  describe("cookies", () => {
    /** The server sets these with the first answer. */
    async function serveCookies(...cookies: string[]): Promise<void> {
      await serve();
      meeting.io.engine.on("initial_headers", (headers: Record<string, unknown>) => {
        headers["set-cookie"] = cookies;
      });
    }
    const transports = ["polling", "websocket"];
    const sent = (): (string | undefined)[] => requests.map(({ headers }) => headers.cookie);

    it("go back with withCredentials, over polling and to the WebSocket that the session moves to", async () => {
      await serveCookies("a=1; Path=/", "b=x%20y; Path=/; HttpOnly");
      const socket = await connect({ transports, withCredentials: true });
      await until(() => socket.conn.transport.name === "websocket", "the upgrade");
      const [first, ...rest] = sent();
      expect(first).toBeUndefined();
      expect(new Set(rest)).toEqual(new Set(["a=1; b=x%20y"]));
      expect(requests.some(({ headers }) => headers.upgrade === "websocket")).toBe(true);
    });

    it("do not go back without", async () => {
      await serveCookies("a=1");
      await connect({ transports: ["polling"] });
      expect(new Set(sent())).toEqual(new Set([undefined]));
    });

    it("are those of one connection, not of the next", async () => {
      await serveCookies("a=1");
      const socket = await connect({ withCredentials: true, transports: ["polling"] });
      const count = requests.length;
      const again = nextEvent(meeting.io, "connection");
      socket.conn.close();
      await again;
      const handshakes = requests.filter((request) => param(request, "sid") === null);
      expect(handshakes.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
      expect(requests.length).toBeGreaterThan(count);
    });

    it("are kept as long as the server says", async () => {
      const past = new Date(0).toUTCString();
      const future = new Date(Date.now() + 3_600_000).toUTCString();
      await serveCookies(
        ...["gone=1; Max-Age=0", `past=1; Expires=${past}`, "stays=1; Max-Age=3600"],
        ...[`future=1; Expires=${future}`, `both=1; Expires=${past}; Max-Age=60`],
      );
      await connect({ withCredentials: true, transports: ["polling"] });
      await until(() => requests.length > 1, "a request after the handshake");
      expect(new Set(sent().slice(1))).toEqual(new Set(["stays=1; future=1; both=1"]));
    });

    it("can be replaced and taken back by later answers", async () => {
      await serve();
      const answers = [["a=1", "b=1"], ["a=2"], ["b=; Max-Age=0"]];
      meeting.io.engine.on("headers", (headers: Record<string, unknown>, request: IncomingMessage) => {
        const next = request.method === "POST" ? undefined : answers.shift();
        if (next !== undefined) headers["set-cookie"] = next;
      });
      const socket = await connect({ withCredentials: true, transports: ["polling"] });
      const gets = (): (string | undefined)[] =>
        requests.filter(({ method }) => method === "GET").map(({ headers }) => headers.cookie);
      while (gets().length < 4) {
        const count = requests.length;
        socket.emit("on");
        await until(() => requests.length > count, "the next poll");
      }
      expect(gets().slice(0, 4)).toEqual([undefined, "a=1; b=1", expect.stringMatching(/a=2/), "a=2"]);
    });

    it("join those of extraHeaders", async () => {
      await serveCookies("a=1");
      const socket = await connect({ transports, withCredentials: true, extraHeaders: { cookie: "own=1" } });
      await until(() => socket.conn.transport.name === "websocket", "the upgrade");
      const [first, ...rest] = requests;
      expect(first!.headers.cookie).toBe("own=1");
      // The stock client's requests leave the own ones out.
      const joined = kind.ours ? rest : rest.filter(({ headers }) => headers.upgrade === "websocket");
      expect(new Set(joined.map(({ headers }) => headers.cookie))).toEqual(new Set(["own=1; a=1"]));
    });
  });

  describe.each<Transport>(["polling", "websocket"])("over %s", (transport) => {
    const only = { transports: [transport] };

    it("sends extra headers with every request", async () => {
      await serve();
      const { handshake } = await connect({
        ...only,
        extraHeaders: { "X-Own": "ü=1", authorization: "Bearer t" },
      });
      expect(handshake.headers).toMatchObject({ authorization: "Bearer t" });
      expect(new Set(requests.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer t"]));
      expect(requests.every(({ headers }) => "x-own" in headers)).toBe(true);
    });

    // The stock client's requests do not pass these on.
    if (kind.ours || transport === "websocket") {
      it("connects from the local address that it is told", async () => {
        await serve();
        const { conn } = await connect({ ...only, localAddress: "127.0.0.9" });
        expect(conn.remoteAddress).toBe("127.0.0.9");
      });

      it("uses the version of the IP protocol that it is told", async () => {
        await serve();
        const url = meeting.url.replace("127.0.0.1", "localhost");
        await connect({ ...only, family: 4 }, url);
        expect(await failure({ ...only, family: 6 }, url)).toMatchObject({ type: "TransportError" });
      });
    }

    it("goes by the agent that it is given, with every request", async () => {
      await serve();
      const agent = new Agent();
      let connections = 0;
      agent.createConnection = () => {
        connections++;
        return createConnection(Number(new URL(meeting.url).port), "127.0.0.1");
      };
      // Where this leads, the agent alone knows.
      await connect({ transports: [transport], agent }, "http://server.invalid");
      expect(connections).toBeGreaterThan(0);
      expect(new Set(requests.map(({ headers }) => headers.host))).toEqual(new Set(["server.invalid"]));
      agent.destroy();
    });

    it("keeps its time with useNativeTimers as without", async () => {
      await serve({ pingInterval: 20 });
      const socket = await connect({ transports: [transport], useNativeTimers: true });
      let pongs = 0;
      (socket.conn as any).on("heartbeat", () => pongs++);
      await until(() => pongs > 0, "a pong");
      expect(socket.connected).toBe(true);
    });

    it("sends a value against caches if told to, and over polling unless told not to", async () => {
      await serve();
      /** Whether requests have it: those of the handshake, and those of the session. */
      const values = async (options: object, name = "t"): Promise<Set<boolean>> => {
        requests.length = 0;
        const { conn } = await connect({ ...only, ...options });
        const sids = [null, (conn as unknown as { id: string }).id];
        const own = requests.filter((request) => sids.includes(param(request, "sid")));
        const all = own.map((request) => param(request, name));
        if (!all.includes(null)) expect(new Set(all).size).toBe(all.length);
        return new Set(all.map((value) => value !== null));
      };
      expect(await values({})).toEqual(new Set([transport === "polling"]));
      expect(await values({ timestampRequests: true })).toEqual(new Set([true]));
      expect(await values({ timestampRequests: true, timestampParam: "cb" }, "cb")).toEqual(new Set([true]));
      expect(await values({ timestampRequests: false })).toEqual(new Set([false]));
    });

    it("sends bytes as base64 if told to", async () => {
      await serve();
      const socket = await connect({ ...only, forceBase64: true });
      expect(param(requests[0]!, "b64")).toBe("1");
      const frames: boolean[] = [];
      if (transport === "websocket" && !server.ours) {
        const { socket: webSocket } = socket.conn.transport as any;
        webSocket.on("message", (_data: unknown, isBinary: boolean) => frames.push(isBinary));
      }
      socket.on("bytes", (bytes: Buffer, answer: (same: Buffer) => void) => answer(bytes));
      const [client] = meeting.clients;
      expect(await client!.emitWithAck("bytes", Buffer.from([1, 2, 255]))).toEqual(Buffer.from([1, 2, 255]));
      expect(frames).not.toContain(true);
    });

    it("has options for one transport, over those for all", async () => {
      await serve();
      const { handshake } = await connect({
        ...only,
        extraHeaders: { "x-for": "all" },
        transportOptions: {
          [transport]: { extraHeaders: { "x-for": transport } },
          other: { extraHeaders: {} },
        },
      });
      expect(handshake.headers["x-for"]).toBe(transport);
    });
  });

  it("sends other headers with polling than with WebSocket if told to", async () => {
    await serve();
    const socket = await connect({
      transportOptions: {
        polling: { extraHeaders: { "x-for": "polling" } },
        websocket: { extraHeaders: { "x-for": "websocket" } },
      },
    });
    await until(() => socket.conn.transport.name === "websocket", "the upgrade");
    for (const { headers } of requests) expect(headers["x-for"]).toBe(headers.upgrade ?? "polling");
  });

  describe("to WebSockets alone", () => {
    const only = { transports: ["websocket"] };

    it("sends an origin and another version of the protocol", async () => {
      await serve({ cors: { origin: "https://app.example" } });
      await connect({ ...only, origin: "https://app.example", protocolVersion: 8 });
      expect(requests[0]!.headers).toMatchObject({ "sec-websocket-version": "8" });
      expect(requests[0]!.headers).toHaveProperty("sec-websocket-origin", "https://app.example");
      requests.length = 0;
      await connect({ ...only, origin: "https://app.example" });
      expect(requests[0]!.headers.origin).toBe("https://app.example");
    });

    it.each<[string, string | string[], string]>([
      ["one", "chat", "chat"],
      ["several", ["chat", "superchat"], "chat,superchat"],
    ])("offers %s subprotocol", async (_count, protocols, offered) => {
      await serve();
      await connect({ ...only, protocols });
      expect(requests[0]!.headers["sec-websocket-protocol"]).toBe(offered);
    });

    // The stock client tells this before anybody can listen.
    if (kind.ours) {
      it("fails with a subprotocol that is none", async () => {
        await serve();
        expect(await failure({ ...only, protocols: "not allowed" })).toMatchObject({
          message: "websocket error",
        });
      });
    }

    it("compresses messages from a length on, where the server agrees", async () => {
      await serve({ perMessageDeflate: { threshold: 0 } });
      const socket = await connect({ ...only, perMessageDeflate: { threshold: 100 } });
      expect(requests[0]!.headers["sec-websocket-extensions"]).toMatch(/^permessage-deflate/);
      const [client] = meeting.clients;
      const cost = async (length: number): Promise<number> => {
        const before = socket.request.socket.bytesRead;
        socket.once("text", (_text: string, answer: () => void) => answer());
        await client!.emitWithAck("text", "x".repeat(length));
        return socket.request.socket.bytesRead - before;
      };
      expect(await cost(50)).toBeGreaterThan(50);
      expect(await cost(5_000)).toBeLessThan(500);
    });

    it("offers no compression without perMessageDeflate", async () => {
      await serve({ perMessageDeflate: true });
      await connect({ ...only, perMessageDeflate: false });
      expect(requests[0]!.headers).not.toHaveProperty("sec-websocket-extensions");
    });

    it("takes no message above maxPayload", async () => {
      await serve();
      const socket = await connect({ ...only, maxPayload: 1_000, reconnection: false });
      const [client] = meeting.clients;
      const ended = nextEvent<[string, any]>(client!, "disconnect");
      socket.emit("text", "x".repeat(2_000));
      const [reason, details] = await ended;
      expect([reason, details.message]).toEqual(["transport error", "websocket error"]);
    });
  });

  // The stock client's requests have no timeout on Node.js.
  if (kind.ours) {
    it("gives up a request that takes longer than requestTimeout", async () => {
      await serve();
      const silent = await openHttpPort();
      const error = await failure({ transports: ["polling"], requestTimeout: 20 }, silent.url);
      expect(error).toMatchObject({ message: "xhr poll error", description: 0 });
      await silent.close();
    });
  }
});
