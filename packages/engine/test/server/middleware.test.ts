/** Middlewares of the engine, on requests of both transports (api-surface.md 6.3). */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, vi } from "vitest";
import type { EngineMiddleware } from "../../src/server/index.ts";
import { BASE, nextClose, serve, type TestServer, until, upgradeRequest } from "./harness.ts";

const POLLING = `${BASE}&transport=polling`;
const WEBSOCKET = `${BASE}&transport=websocket`;

/** How a request is made, and the answer told. */
const REQUESTS: Record<
  string,
  (server: TestServer) => Promise<{ status: number; body: string; raw: string }>
> = {
  polling: (server) => askRaw(server, `GET ${POLLING} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
  websocket: (server) => askRaw(server, upgradeRequest(WEBSOCKET)),
};

async function askRaw(server: TestServer, request: string) {
  const raw = await server.raw(request);
  return { status: Number(raw.split(" ")[1]), body: raw.slice(raw.indexOf("\r\n\r\n") + 4), raw };
}

function serveWith(...middlewares: EngineMiddleware[]): Promise<TestServer> {
  return serve({}, (engine) => {
    for (const middleware of middlewares) engine.use(middleware);
  });
}

describe("middlewares", () => {
  it("run in order on every request: handshakes, polls, posts and upgrades", async () => {
    const seen: string[] = [];
    const server = await serveWith(
      ({ method, _query }, _response, next) => {
        seen.push(`${method} ${_query["transport"]} ${_query["sid"] === undefined ? "opens" : "joins"}`);
        setImmediate(next);
      },
      async (_request, _response, next) => {
        await Promise.resolve();
        seen.push("second");
        next();
      },
    );
    const client = await server.poll();
    await client.post("4x");
    server.session.send("y");
    await client.get();
    await server.webSocket(`&sid=${client.sid}`).opened();
    await server.open();
    expect(seen.filter((entry) => entry !== "second")).toEqual([
      "GET polling opens",
      "POST polling joins",
      "GET polling joins",
      "GET websocket joins",
      "GET websocket opens",
    ]);
    expect(seen.filter((_entry, index) => index % 2 === 1)).toEqual(Array(5).fill("second"));
  });

  it("must be functions", async () => {
    const server = await serve();
    expect(() => server.engine.use({} as EngineMiddleware)).toThrow('Option "middleware" must be a function');
  });

  it("are not run on when next is called twice", async () => {
    let calls = 0;
    const server = await serveWith(
      (_request, _response, next) => {
        next();
        next();
      },
      (_request, _response, next) => {
        calls++;
        next();
      },
    );
    await server.ask(POLLING);
    expect(calls).toBe(1);
  });

  it("find the last of a query's values that have one name", async () => {
    const queries: unknown[] = [];
    const server = await serveWith(({ _query }, _response, next) => {
      queries.push({ ..._query });
      next();
    });
    await server.ask(`${POLLING}&a=1&a=2&__proto__=3`);
    expect(queries).toEqual([{ EIO: "4", transport: "polling", a: "2" }]);
  });

  it("refuse the post whose body they have read", async () => {
    const server = await serveWith(async (request, _response, next) => {
      if (request.method === "POST") await request.toArray();
      next();
    });
    const client = await server.poll();
    const closed = nextClose(server.session);
    expect((await client.post("4x")).status).toBe(400);
    expect(await closed).toMatchObject([
      "transport error",
      { message: "data request was read by a middleware" },
    ]);
  });
});

describe.each(Object.entries(REQUESTS))("a middleware on %s", (transport, ask) => {
  const failures: Record<string, (next: (error?: unknown) => void) => unknown> = {
    "calls next with an error": (next) => next(new Error("no")),
    "calls next with an error later": (next) => void setImmediate(next, new Error("no")),
    throws: () => {
      throw new Error("no");
    },
    rejects: () => Promise.reject(new Error("no")),
    "rejects with no error": () => Promise.reject("no"), // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors -- this is what is tested
  };
  it.each(Object.entries(failures))("that %s refuses the request", async (how, act) => {
    const server = await serveWith((_request, _response, next) => act(next));
    const { status, body } = await ask(server);
    expect(status).toBe(400);
    expect(body).toContain("Bad request");
    expect(server.errors).toEqual([
      expect.objectContaining({
        code: 3,
        message: "Bad request",
        context: {
          name: "MIDDLEWARE_FAILURE",
          error: how === "rejects with no error" ? "no" : new Error("no"),
        },
      }),
    ]);
    expect(server.engine.clientsCount).toBe(0);
  });

  const answers: Record<string, [(response: ServerResponse) => void, RegExp]> = {
    "writes the head and ends": [
      (response) => void response.writeHead(401, { "x-why": "token" }).end("who are you?"),
      /^HTTP\/1\.1 401 Unauthorized\r\nx-why: token\r\n[^]*who are you\?/,
    ],
    "sets a status and ends": [
      (response) => {
        response.statusCode = 503;
        response.end();
      },
      /^HTTP\/1\.1 503 Service Unavailable\r\n/,
    ],
    redirects: [
      (response) => void response.writeHead(302, { Location: "/login" }).end(),
      /^HTTP\/1\.1 302 Found\r\nLocation: \/login\r\n/,
    ],
    "answers in pieces, later": [
      (response) => {
        response.writeHead(429, { "Retry-After": "5" }).write("slow");
        setImmediate(() => response.end(" down"));
      },
      /^HTTP\/1\.1 429 [^]*slow[^]* down/,
    ],
    "answers and calls next all the same": [
      (response) => void response.writeHead(403).end("no"),
      /^HTTP\/1\.1 403 Forbidden\r\n[^]*no/,
    ],
  };
  it.each(Object.entries(answers))("that %s has answered the request", async (how, [act, answer]) => {
    const server = await serveWith((_request, response, next) => {
      act(response);
      if (how.includes("calls next")) next();
    });
    const { raw } = await ask(server);
    expect(raw).toMatch(answer);
    expect(raw).toMatch(/\r\nConnection: close\r\n/);
    expect(server.errors).toEqual([]);
    expect(server.engine.clientsCount).toBe(0);
  });

  it("that fails after it began to answer cuts the connection", async () => {
    const server = await serveWith((_request, response, next) => {
      response.write("begun");
      next(new Error("no"));
    });
    const { raw } = await ask(server);
    expect(raw).not.toContain("Bad request");
    expect(server.errors).toMatchObject([{ context: { name: "MIDDLEWARE_FAILURE" } }]);
  });

  it("that destroys the response cuts the connection", async () => {
    const server = await serveWith((_request, response) => void response.destroy());
    expect((await ask(server)).raw).toBe("");
    expect(server.engine.clientsCount).toBe(0);
  });

  it("that throws after it called next is reported, and the request goes on", async () => {
    const server = await serveWith((_request, _response, next) => {
      next();
      throw new Error("late");
    });
    const reported = vi.fn();
    server.engine.on("handler_error", reported);
    if (transport === "polling") await server.poll();
    else await server.open();
    expect(reported.mock.calls).toEqual([[new Error("late"), { session: undefined, event: "request" }]]);
    expect(server.engine.clientsCount).toBe(1);
  });

  it("is told of the end of the response, and of the connection", async () => {
    const events: string[] = [];
    const server = await serveWith((_request, response, next) => {
      for (const event of ["finish", "close"]) {
        response.on(event, () => events.push(`${event} ${response.statusCode}`));
      }
      next();
    });
    if (transport === "polling") {
      await server.poll();
      await until(() => events.length === 2);
      expect(events).toEqual(["finish 200", "close 200"]);
    } else {
      const client = await server.open();
      await until(() => events.length === 1);
      expect(events).toEqual(["finish 101"]);
      client.ws.close();
      await until(() => events.length === 2);
      expect(events[1]).toBe("close 101");
    }
  });

  it("is told of the end of an answer of its own", async () => {
    const events: string[] = [];
    const server = await serveWith((_request, response) => {
      response.on("finish", () => events.push("finish")).on("close", () => events.push("close"));
      response.writeHead(401).end();
    });
    await ask(server);
    await until(() => events.length === 2);
    expect(events).toEqual(["finish", "close"]);
  });

  it("is told when the client leaves before it has decided", async () => {
    const events: string[] = [];
    let decide: (() => void) | undefined;
    const server = await serveWith((_request, response, next) => {
      response.on("finish", () => events.push("finish")).on("close", () => events.push("close"));
      decide = next;
    });
    const socket = await server.connect();
    socket.write(
      transport === "polling" ? `GET ${POLLING} HTTP/1.1\r\nHost: x\r\n\r\n` : upgradeRequest(WEBSOCKET),
    );
    await until(() => decide !== undefined);
    socket.destroy();
    await until(() => events.length > 0);
    decide!();
    expect(events).toEqual(["close"]);
    expect(server.engine.clientsCount).toBe(0);
  });
});

/** The header lines of an answer, names in lower case. */
async function headersOf(server: TestServer, transport: string): Promise<[string, string][]> {
  const [name, path] = transport === "polling" ? ["response", POLLING] : ["upgrade", WEBSOCKET];
  const { request } = await import("node:http");
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const sent = request({ port: server.port, path, agent: false, headers: name === "upgrade" ? headers : {} });
  sent.end();
  const [response] = (await once(sent, name)) as [IncomingMessage];
  response.destroy();
  const { rawHeaders } = response;
  return rawHeaders.flatMap((header, index) =>
    index % 2 === 0 ? [[header.toLowerCase(), rawHeaders[index + 1]!] as [string, string]] : [],
  );
}

describe.each(["polling", "websocket"])("the headers of an answer over %s", (transport) => {
  it("are those of middlewares and of the header events, cookies of all of them", async () => {
    const server = await serve({}, (engine) => {
      engine.use((_request, response, next) => {
        response.setHeader("X-Mw", ["1", "2"]);
        response.setHeader("X-Both", "middleware");
        response.setHeader("Set-Cookie", ["a=1; Path=/", "b=2"]);
        next();
      });
      engine.on("initial_headers", (headers) => (headers["x-initial"] = "3"));
      engine.on("headers", (headers) => {
        headers["x-both"] = "event";
        headers["x-none"] = undefined;
        headers["Set-Cookie"] = ["c=3", "d=4"];
      });
    });
    const headers = await headersOf(server, transport);
    const valuesOf = (name: string): string[] =>
      headers.flatMap(([one, value]) => (one === name ? [value] : []));
    expect(valuesOf("x-mw")).toEqual(["1", "2"]);
    expect(valuesOf("x-both")).toEqual(["event"]);
    expect(valuesOf("x-initial")).toEqual(["3"]);
    expect(valuesOf("x-none")).toEqual([]);
    expect(valuesOf("set-cookie")).toEqual(["a=1; Path=/", "b=2", "c=3", "d=4"]);
  });

  it("are those, too, that a hook on the head of the response sets", async () => {
    const server = await serveWith((_request, response, next) => {
      const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
      response.writeHead = (...args: unknown[]) => {
        response.setHeader("x-late", "1");
        return writeHead(...args);
      };
      next();
    });
    expect(await headersOf(server, transport)).toContainEqual(["x-late", "1"]);
  });

  it("leave out what HTTP does not allow, which is reported", async () => {
    const reported: unknown[] = [];
    const server = await serve({}, (engine) => {
      engine.on("headers", (headers) => {
        headers["x-split"] = "a\r\nSet-Cookie: evil=1";
        headers["x y"] = "1";
        headers["x-good"] = "2";
      });
      engine.on("handler_error", (error, { event }) =>
        reported.push([(error as { code: string }).code, event]),
      );
    });
    const headers = await headersOf(server, transport);
    expect(headers).toContainEqual(["x-good", "2"]);
    expect(headers.map(([name]) => name)).not.toContain("set-cookie");
    expect(reported).toEqual([
      ["ERR_INVALID_CHAR", "headers"],
      ["ERR_INVALID_HTTP_TOKEN", "headers"],
    ]);
  });

  it("are sent although a listener of the header events fails, which is reported", async () => {
    const reported: unknown[] = [];
    const server = await serve({}, (engine) => {
      engine.on("initial_headers", () => {
        throw new Error("initial");
      });
      engine.on("headers", () => Promise.reject(new Error("every")) as never);
      engine.on("headers", (headers) => (headers["x-good"] = "2"));
      engine.on("handler_error", (error, { event }) => reported.push([(error as Error).message, event]));
    });
    expect(await headersOf(server, transport)).toContainEqual(["x-good", "2"]);
    expect(reported).toEqual([
      ["initial", "initial_headers"],
      ["every", "headers"],
    ]);
  });
});

describe("the response of an upgrade", () => {
  it("reports hooks that fail, and the WebSocket opens", async () => {
    const server = await serveWith((_request, response, next) => {
      response.writeHead = () => {
        throw new Error("head");
      };
      response.end = () => {
        throw new Error("end");
      };
      next();
    });
    await server.open();
    expect(server.failures.map(([error]) => (error as Error).message)).toEqual(["head", "end"]);
  });

  it("does not put what middlewares set for bodies into the 101", async () => {
    const server = await serveWith((_request, response, next) => {
      response
        .setHeader("Content-Length", "12")
        .setHeader("Connection", "keep-alive")
        .setHeader("x-kept", "1");
      next();
    });
    const names = (await headersOf(server, "websocket")).map(([name]) => name);
    expect(names).toEqual(["upgrade", "connection", "sec-websocket-accept", "x-kept"]);
  });

  it("can be used after the WebSocket has opened, and harms nothing", async () => {
    const responses: ServerResponse[] = [];
    const server = await serveWith((_request, response, next) => {
      responses.push(response);
      next();
    });
    const client = await server.open();
    responses[0]!.write("more");
    responses[0]!.destroy();
    server.session.send("still open");
    expect(await client.next()).toBe("4still open");
  });
});
