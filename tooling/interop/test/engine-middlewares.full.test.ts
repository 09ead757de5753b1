/** Middlewares as programs have them, below Socket.IO: Express, express-session, helmet, and what they agree on. */
import { createRequire } from "node:module";
import { EngineServer } from "@telsiz/engine/server";
import { exchange, type HttpAnswer, type HttpPort, nextEvent, openHttpPort } from "@telsiz/testkit";
import express from "express";
import session, { MemoryStore, type Session, type SessionData } from "express-session";
import helmet from "helmet";
import type { Server, Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { Meeting } from "../src/meeting.ts";
import { ourServer, type ServerKind, stockClient, stockServer } from "../src/peers.ts";
import { WebSocketPeer } from "../src/websocket-peer.ts";

declare module "express-session" {
  interface SessionData {
    user: string;
    count: number;
  }
}

/** A request that went through `express-session`, as its users declare it. */
type SessionRequest = ServerSocket["request"] & { session: Session & Partial<SessionData>; user?: string };

const express4 = createRequire(import.meta.url)("express4") as typeof express;

const POLLING = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

/** An application whose pages and sockets share their sessions, as in Socket.IO's guide. */
class SessionApp {
  readonly store = new MemoryStore();
  readonly middleware = session({
    secret: "not for production",
    resave: false,
    saveUninitialized: true,
    store: this.store,
  });
  meeting!: Meeting;
  io!: Server;
  http!: HttpPort;

  static async open(kind: ServerKind, createApp: typeof express): Promise<SessionApp> {
    const self = new SessionApp();
    const app = createApp();
    app.use(self.middleware);
    app.get("/login", ({ session, query }, response) => {
      session.user = query["user"] as string;
      response.end();
    });
    app.get(
      "/session",
      ({ session }, response) =>
        void response.json({ user: session.user, count: session.count, id: session.id }),
    );
    app.get("/count", ({ session }, response) => {
      session.count = (session.count ?? 0) + 1;
      response.end();
    });
    self.http = await openHttpPort(app);
    self.io = kind.create(self.http.server, { serveClient: false });
    self.io.engine.use(self.middleware);
    self.meeting = new Meeting(self.http, self.io, stockClient);
    onTestFinished(() => self.meeting.close());
    return self;
  }

  get(path: string, cookie = ""): Promise<HttpAnswer> {
    return exchange(this.http.port, { path, headers: { cookie } });
  }

  async login(user: string): Promise<string> {
    return cookieOf(await this.get(`/login?user=${user}`));
  }

  /** A client that is connected, and the request of the server's side of it. */
  async connect(
    transport: string,
    cookie: string,
  ): Promise<{ client: ClientSocket; request: SessionRequest }> {
    const { client, socket } = await this.meeting.pair({ transports: [transport], extraHeaders: { cookie } });
    return { client, request: socket.request as SessionRequest };
  }
}

function cookieOf({ headers }: HttpAnswer): string {
  return headers["set-cookie"]![0]!.split(";")[0]!;
}

function save(of: Session): Promise<void> {
  return new Promise((resolve, reject) => of.save((error?: Error) => (error ? reject(error) : resolve())));
}

function reload(of: Session): Promise<void> {
  return new Promise((resolve, reject) => of.reload((error?: Error) => (error ? reject(error) : resolve())));
}

const servers = [stockServer, ourServer];
const expresses: [string, typeof express][] = [
  ["Express 5", express],
  ["Express 4", express4],
];

describe.each(servers)("$name with express-session", (kind) => {
  describe.each(expresses)("and %s", (_name, createApp) => {
    it.each(["polling", "websocket"])("shares the sessions of its pages over %s", async (transport) => {
      const app = await SessionApp.open(kind, createApp);
      const cookie = await app.login("ada");
      const { request } = await app.connect(transport, cookie);
      expect(request.session.user).toBe("ada");

      request.session.count = 5;
      await save(request.session);
      await app.get("/count", cookie);
      expect(request.session.count).toBe(5);
      await reload(request.session);
      expect(request.session.count).toBe(6);
      request.session.touch();
      await save(request.session);
      expect(JSON.parse((await app.get("/session", cookie)).body)).toMatchObject({ user: "ada", count: 6 });
    });

    it("tells a socket by its session that the user has logged out", async () => {
      const app = await SessionApp.open(kind, createApp);
      const { client, request } = await app.connect("websocket", await app.login("ada"));
      const [socket] = await app.io.fetchSockets();
      (socket as unknown as ServerSocket).use((_event, next) => {
        reload(request.session).then(
          () => next(),
          () => socket!.disconnect(),
        );
      });
      const answered = nextEvent(socket as unknown as ServerSocket, "hello");
      client.emit("hello");
      await answered;
      await new Promise<void>((resolve) => app.store.destroy(request.session.id, () => resolve()));
      client.emit("hello");
      expect((await nextEvent(client, "disconnect"))[0]).toBe("io server disconnect");
    });
  });

  it("saves a session that begins with a polling handshake, and finds it with the requests that follow", async () => {
    const app = await SessionApp.open(kind, express);
    const handshake = await app.get(POLLING);
    const { sid } = JSON.parse(handshake.body.slice(1)) as { sid: string };
    const cookie = cookieOf(handshake);
    const { id } = JSON.parse((await app.get("/session", cookie)).body) as { id: string };
    const path = `${POLLING}&sid=${sid}`;
    await exchange(app.http.port, { method: "POST", path, headers: { cookie }, body: "40" });
    const poll = await app.get(path, cookie);
    expect(poll.body).toMatch(/^40/);
    expect(poll.headers["set-cookie"]).toBeUndefined();
    expect(Object.keys((app.store as unknown as { sessions: object }).sessions)).toEqual([id]);
  });
});

describe("our server with express-session", () => {
  it("saves a session that begins with a WebSocket, too, and gives its cookie with the 101", async () => {
    const app = await SessionApp.open(ourServer, express);
    app.io.on("connection", ({ request }) => {
      const { session } = request as SessionRequest;
      session.user = "ada";
      session.save();
    });
    const peer = await WebSocketPeer.open(app.http.port);
    await peer.frames.take();
    const cookie = peer.responseHeaders["set-cookie"]![0]!.split(";")[0]!;
    peer.send("40");
    await peer.frames.take();
    expect(JSON.parse((await app.get("/session", cookie)).body)).toMatchObject({ user: "ada" });
    peer.close();
  });
});

/** Opens a server whose engine has one more middleware. */
async function openWith(kind: ServerKind, ...middlewares: unknown[]): Promise<Meeting> {
  const http = await openHttpPort();
  const io = kind.create(http.server, { serveClient: false });
  for (const middleware of middlewares) io.engine.use(middleware);
  const meeting = new Meeting(http, io, stockClient);
  onTestFinished(() => meeting.close());
  return meeting;
}

describe.each(servers)("$name", (kind) => {
  it("sends the headers of helmet on both transports", async () => {
    const { port } = await openWith(kind, helmet());
    const { headers } = await exchange(port, { path: POLLING });
    const peer = await WebSocketPeer.open(port);
    for (const one of [headers, peer.responseHeaders]) {
      expect(one).toMatchObject({
        "content-security-policy": expect.stringContaining("default-src 'self'"),
        "x-content-type-options": "nosniff",
      });
    }
    peer.close();
  });

  it("lets middlewares of the style of passport look at handshakes alone", async () => {
    const seen: unknown[] = [];
    const onlyForHandshakes =
      (middleware: express.RequestHandler): express.RequestHandler =>
      (request, response, next) => {
        const { _query } = request as unknown as { _query: { sid?: string } };
        if (_query.sid === undefined) middleware(request, response, next);
        else next();
      };
    const { port } = await openWith(
      kind,
      onlyForHandshakes((request, _response, next) => {
        (request as unknown as SessionRequest).user = request.headers.authorization ?? "";
        next();
      }),
      onlyForHandshakes((request, response, next) => {
        seen.push((request as unknown as SessionRequest).user);
        if ((request as unknown as SessionRequest).user !== "") return next();
        response.writeHead(401);
        response.end("who are you?");
      }),
    );
    expect(await exchange(port, { path: POLLING })).toMatchObject({ status: 401, body: "who are you?" });
    const { body } = await exchange(port, { path: POLLING, headers: { authorization: "ada" } });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    expect((await exchange(port, { method: "POST", path: `${POLLING}&sid=${sid}`, body: "40" })).body).toBe(
      "ok",
    );
    await expect(WebSocketPeer.open(port, WEBSOCKET)).rejects.toThrow();
    expect(seen).toEqual(["", "ada", ""]);
  });

  it("refuses what a middleware with a promise rejects", async () => {
    const meeting = await openWith(kind, async () => Promise.reject(new Error("no")));
    meeting.io.on("handler_error" as never, () => undefined); // ours reports it, too
    const refused: unknown[] = [];
    meeting.io.engine.on("connection_error", ({ code, message, context }) =>
      refused.push([code, message, context.name]),
    );
    expect((await exchange(meeting.port, { path: POLLING })).body).toBe('{"code":3,"message":"Bad request"}');
    await expect(WebSocketPeer.open(meeting.port, WEBSOCKET)).rejects.toThrow("400");
    expect(refused).toEqual(Array(2).fill([3, "Bad request", "MIDDLEWARE_FAILURE"]));
  });
});

describe.each(expresses)("an application of %s as our engine's middleware", (_name, createApp) => {
  it("answers what is its own, redirects, and hands on the rest, on both transports", async () => {
    const app = createApp();
    app.use((request, response, next) => {
      if (request.headers.authorization === undefined) response.redirect(303, "/login");
      else next();
    });
    app.use((request, response, next) => {
      if (request.headers.authorization === "banned") response.status(403).json({ why: "banned" });
      else next();
    });
    const { port } = await openWith(ourServer, app);
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    for (const [path, headers] of [
      [POLLING, {}],
      [WEBSOCKET, upgrade],
    ] as const) {
      const redirected = await exchange(port, { path, headers });
      expect(redirected).toMatchObject({ status: 303, headers: { location: "/login" } });
      const banned = await exchange(port, { path, headers: { ...headers, authorization: "banned" } });
      expect(banned).toMatchObject({ status: 403, body: '{"why":"banned"}' });
    }
    const headers = { authorization: "ada" };
    expect((await exchange(port, { path: POLLING, headers })).body).toMatch(/^0\{/);
    const peer = await WebSocketPeer.open(port, WEBSOCKET, headers);
    expect(await peer.frames.take()).toMatch(/^0\{/);
    expect(peer.responseHeaders["x-powered-by"]).toBe("Express");
    peer.close();
  });
});

describe("the types of our engine", () => {
  it("take the middlewares of Express without a cast", () => {
    const engine = new EngineServer();
    engine.use(helmet()).use(express()).use(express.Router());
    engine.use(session({ secret: "s", resave: false, saveUninitialized: false }));
    const handler: express.RequestHandler = (_request, _response, next) => next();
    engine.use(handler);
    engine.use((request, response, next) => {
      response.setHeader("x-sid", request._query["sid"] ?? "none");
      next();
    });
  });
});
