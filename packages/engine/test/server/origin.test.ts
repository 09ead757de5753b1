/** CORS, origins, cookies and other secure defaults (protocol.md A.11; security.md rows 10 to 14, 28). */
import { describe, expect, it } from "vitest";
import { EngineServer, type EngineOptions } from "../../src/server/index.ts";
import { sessionCookie } from "../../src/server/http/cookie.ts";
import { BASE, serve } from "./harness.ts";

const POLLING = `${BASE}&transport=polling`;
const GOOD = "http://good.example";
const EVIL = "http://evil.example";

function upgraded(
  server: Awaited<ReturnType<typeof serve>>,
  headers: Record<string, string>,
): Promise<boolean> {
  const { ws } = server.webSocket("", headers);
  return new Promise((resolve) => {
    ws.on("open", () => resolve(true));
    ws.on("error", () => resolve(false));
  });
}

describe("without the cors option", () => {
  it("no header allows other origins, and preflights are refused", async () => {
    const server = await serve();
    const { status, headers } = await server.ask(POLLING, { headers: { origin: EVIL } });
    expect([status, headers["access-control-allow-origin"]]).toEqual([200, undefined]);
    const preflight = await server.ask(POLLING, { method: "OPTIONS", headers: { origin: EVIL } });
    expect(preflight.body).toBe('{"code":2,"message":"Bad handshake method"}');
  });

  const cases: [name: string, headers: Record<string, string>, allowed: boolean][] = [
    ["another origin without cookies", { origin: EVIL }, true],
    ["another origin with cookies", { origin: EVIL, cookie: "a=b" }, false],
    ["an opaque origin with cookies", { origin: "null", cookie: "a=b" }, false],
    ["the same host with cookies", { origin: "http://127.0.0.1:PORT", cookie: "a=b" }, true],
    ["another port of the same host with cookies", { origin: "http://127.0.0.1:1", cookie: "a=b" }, false],
    ["no origin with cookies", { cookie: "a=b" }, true],
    [
      "the host that a proxy names, with cookies",
      { origin: GOOD, "x-forwarded-host": "good.example", cookie: "a=b" },
      true,
    ],
    [
      "what the browser calls same-origin, with cookies",
      { origin: GOOD, "sec-fetch-site": "same-origin", cookie: "a=b" },
      true,
    ],
  ];
  for (const [name, given, allowed] of cases) {
    it(`a handshake is ${allowed ? "served" : "refused"} for ${name}`, async () => {
      const server = await serve();
      const headers = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, value.replace("PORT", String(server.port))]),
      );
      expect((await server.ask(POLLING, { headers })).status).toBe(allowed ? 200 : 403);
      expect(await upgraded(server, headers)).toBe(allowed);
      if (!allowed) {
        expect(server.errors[0]).toMatchObject({
          code: 4,
          message: "Forbidden",
          context: { name: "FOREIGN_ORIGIN" },
        });
      }
    });
  }
});

describe("with a list of origins", () => {
  const cors = { origin: [GOOD, /\.good\.example$/], credentials: true };

  for (const [origin, allowed] of [
    [GOOD, true],
    ["http://sub.good.example", true],
    ["http://notgood.example", false],
    [EVIL, false],
  ] as const) {
    it(`${origin} is ${allowed ? "served" : "refused"}, on polling and WebSocket`, async () => {
      const server = await serve({ cors });
      const { status, headers } = await server.ask(POLLING, { headers: { origin } });
      expect(status).toBe(allowed ? 200 : 403);
      expect(headers["access-control-allow-origin"]).toBe(allowed ? origin : undefined);
      expect(await upgraded(server, { origin })).toBe(allowed);
    });
  }

  it("the server's own host needs no mention", async () => {
    const server = await serve({ cors });
    expect(
      (await server.ask(POLLING, { headers: { origin: `http://127.0.0.1:${server.port}` } })).status,
    ).toBe(200);
  });

  it("preflights are answered, and errors carry the headers too", async () => {
    const server = await serve({
      cors: { ...cors, allowedHeaders: ["x-a"], methods: ["GET", "POST"], maxAge: 600 },
    });
    const headers = { origin: GOOD, "access-control-request-method": "GET" };
    const preflight = await server.ask(POLLING, { method: "OPTIONS", headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": GOOD,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "x-a",
      "access-control-max-age": "600",
      "content-length": "0",
    });
    const refused = await server.ask(`${POLLING}&sid=x`, { headers });
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([400, GOOD]);
  });

  it("a function that fails refuses the request", async () => {
    const server = await serve({ cors: { origin: (_origin, callback) => callback(new Error("no")) } });
    expect((await server.ask(POLLING, { headers: { origin: GOOD } })).body).toContain('"code":3');
  });
});

describe("a later request of a session", () => {
  it("may not come from another origin", async () => {
    const server = await serve({ cors: { origin: [GOOD, EVIL] } });
    const client = await server.poll("", { headers: { origin: GOOD } });
    expect((await client.post("4x", { headers: { origin: GOOD } })).status).toBe(200);
    expect((await client.post("4x", { headers: { origin: EVIL } })).status).toBe(403);
    expect(await server.webSocket(`&sid=${client.sid}`, { origin: EVIL }).closed).toBe(1006);
    expect(server.engine.clientsCount).toBe(1);
  });

  it("may bring the first Origin if it is the server's host, as browsers do", async () => {
    const server = await serve();
    const client = await server.poll();
    const origin = `http://127.0.0.1:${server.port}`;
    expect((await client.post("4x", { headers: { origin } })).status).toBe(200);
    expect((await client.post("4x", { headers: { origin: EVIL } })).status).toBe(403);
  });

  it("has to satisfy the session binding", async () => {
    const server = await serve({
      sessionBinding: (opened, request) => {
        if (request.headers["x-user"] === "crash") throw new Error("bug");
        return opened.request?.headers["x-user"] === request.headers["x-user"];
      },
    });
    const client = await server.poll("", { headers: { "x-user": "ann" } });
    const statusFor = async (user: string): Promise<number> =>
      (await client.post("4x", { headers: { "x-user": user } })).status;
    expect([await statusFor("ann"), await statusFor("bob"), await statusFor("crash")]).toEqual([
      200, 403, 403,
    ]);
  });

  it("may be bound to the peer's address", async () => {
    const server = await serve({ sessionBinding: "ip" });
    const client = await server.poll();
    expect((await client.post("4x")).status).toBe(200);
    expect((await client.post("4x", { localAddress: "127.0.0.2" })).status).toBe(403);
  });

  it("may be bound to a cookie, also when its first request was given up", async () => {
    const server = await serve({ sessionBinding: { cookie: "user" } });
    const client = await server.poll("", { headers: { cookie: "theme=dark; user=ann" } });
    server.session.request = null;
    const statusWith = async (headers: Record<string, string>): Promise<number> =>
      (await client.post("4x", { headers })).status;
    expect(await statusWith({ cookie: "user=ann; theme=light" })).toBe(200);
    expect(await statusWith({ cookie: "user=bob" })).toBe(403);
    expect(await statusWith({ cookie: "theme=dark; user=annie" })).toBe(403);
    expect(await statusWith({})).toBe(403);
    expect(await server.webSocket(`&sid=${client.sid}`, { cookie: "user=bob" }).closed).toBe(1006);
    expect(server.engine.clientsCount).toBe(1);
  });

  it("is bound to no cookie where there was none at first, as it may be given one with the answer", async () => {
    const server = await serve({ sessionBinding: { cookie: "user" } });
    const client = await server.poll("", { headers: { cookie: "theme=dark" } });
    expect((await client.post("4x", { headers: { cookie: "user=ann" } })).status).toBe(200);
    expect((await client.post("4x")).status).toBe(200);
  });
});

describe("the cookie", () => {
  const cases: [EngineOptions["cookie"], RegExp][] = [
    [true, /^io=[\w-]{20}; Path=\/; HttpOnly; SameSite=Lax$/],
    [{ name: "woot" }, /^woot=[\w-]{20}; Path=\/; HttpOnly; SameSite=Lax$/],
    [
      { path: "/custom", httpOnly: false, sameSite: "strict" },
      /^io=[\w-]{20}; Path=\/custom; SameSite=Strict$/,
    ],
    [{ path: false }, /^io=[\w-]{20}; HttpOnly; SameSite=Lax$/],
    [{ secure: true, maxAge: 60 }, /Max-Age=60.*Secure/],
  ];
  for (const [cookie, pattern] of cases) {
    it(`is set on the polling handshake alone, as ${JSON.stringify(cookie)} says`, async () => {
      const server = await serve({ cookie });
      const { headers } = await server.ask(POLLING);
      expect(headers["set-cookie"]).toEqual([expect.stringMatching(pattern)]);
      const client = await server.poll();
      expect((await client.post("4x")).headers["set-cookie"]).toBeUndefined();
    });
  }

  it("stands beside the cookies of middlewares and header events", async () => {
    const server = await serve({ cookie: true }, (engine) => {
      engine.use((_request, response, next) => {
        response.setHeader("Set-Cookie", "a=1");
        next();
      });
      engine.on("initial_headers", (headers) => (headers["set-cookie"] = "b=2"));
    });
    const { headers } = await server.ask(POLLING);
    expect(headers["set-cookie"]).toEqual(["a=1", expect.stringMatching(/^io=/), "b=2"]);
  });

  it("is Secure on TLS, unless that is overridden", () => {
    expect(sessionCookie({}, "id", true)).toBe("io=id; Secure");
    expect(sessionCookie({}, "id", false)).toBe("io=id");
    expect(sessionCookie({ secure: false }, "id", true)).toBe("io=id");
  });

  it("is off by default, and of a valid name", async () => {
    const server = await serve();
    expect((await server.ask(POLLING)).headers["set-cookie"]).toBeUndefined();
    expect(() => new EngineServer({ cookie: { name: "a;b" } })).toThrow('Option "cookie"');
  });
});

describe("header events", () => {
  it("are raised once for a session, and for each of its answers", async () => {
    const raised: string[] = [];
    const server = await serve({}, (engine) => {
      engine.on("initial_headers", () => raised.push("initial"));
      engine.on("headers", (headers) => {
        raised.push("headers");
        headers["x-every"] = "1";
      });
    });
    const client = await server.poll();
    expect((await client.post("4x")).headers["x-every"]).toBe("1");
    expect(raised).toEqual(["initial", "headers", "headers"]);
  });
});
