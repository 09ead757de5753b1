/** HTTP answers of protocol.md A.4 and A.5, and the refusals of api-surface.md 6.4. */
import { once } from "node:events";
import { gunzipSync, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { BASE, nextClose, PollingClient, serve, until } from "./harness.ts";

const POLLING = `${BASE}&transport=polling`;
const REFUSED = { "content-type": "application/json" };

describe("a polling handshake", () => {
  it("is answered with the open packet, fields in order", async () => {
    const server = await serve();
    const { status, headers, body } = await server.ask(POLLING);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/plain; charset=UTF-8",
      "content-length": "118",
      "cache-control": "no-store",
    });
    expect(body).toMatch(
      /^0\{"sid":"[\w-]{20}","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}$/,
    );
    expect(server.engine.clientsCount).toBe(1);
  });

  it("announces the configured times, limit and upgrades", async () => {
    const server = await serve({
      pingInterval: 1000,
      pingTimeout: 500,
      maxHttpBufferSize: 1234,
      transports: ["polling", "websocket", "webtransport"],
    });
    const { body } = await server.ask(POLLING);
    expect(JSON.parse(body.slice(1))).toMatchObject({
      upgrades: ["websocket", "webtransport"],
      pingInterval: 1000,
      pingTimeout: 500,
      maxPayload: 1234,
    });
  });

  it("announces no upgrades when they are not allowed", async () => {
    const server = await serve({ allowUpgrades: false });
    const { body } = await server.ask(POLLING);
    expect(JSON.parse(body.slice(1))).toMatchObject({ upgrades: [] });
  });

  it("carries the initial packet behind the open packet", async () => {
    const server = await serve({ initialPacket: "welcome" });
    const { body } = await server.ask(POLLING);
    expect(body.split("\u001e")[1]).toBe("4welcome");
  });

  it("is an empty sid too", async () => {
    const server = await serve();
    expect((await server.ask(`${POLLING}&sid=`)).status).toBe(200);
  });

  it("is found below the path, by its exact case", async () => {
    const server = await serve();
    expect((await server.ask(POLLING.replace("/?", "/foo/bar?"))).status).toBe(200);
    expect((await server.ask(POLLING.replace("/engine", "/Engine"))).body).toBe("not engine");
    expect((await server.ask(POLLING.replace("/?", "?"))).body).toBe("not engine");
  });

  it("is found without the slash where none is added", async () => {
    const server = await serve({ path: "/engine.io", addTrailingSlash: false });
    expect((await server.ask(POLLING.replace("/?", "?"))).status).toBe(200);
  });

  it("tells old Internet Explorers not to suspect the answer", async () => {
    const server = await serve();
    const agent = "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko";
    const { headers } = await server.ask(POLLING, { headers: { "user-agent": agent } });
    expect(headers["x-xss-protection"]).toBe("0");
  });
});

describe("a refused request", () => {
  const cases: [
    name: string,
    path: string,
    method: string,
    code: number,
    message: string,
    context: object,
  ][] = [
    ["no transport", BASE, "GET", 0, "Transport unknown", { transport: undefined }],
    [
      "an unknown transport",
      `${BASE}&transport=constructor`,
      "GET",
      0,
      "Transport unknown",
      { transport: "constructor" },
    ],
    [
      "webtransport",
      `${BASE}&transport=webtransport`,
      "GET",
      0,
      "Transport unknown",
      { transport: "webtransport" },
    ],
    ["an unknown sid", `${POLLING}&sid=tobi`, "GET", 1, "Session ID unknown", { sid: "tobi" }],
    [
      "a sid of Object.prototype",
      `${POLLING}&sid=__proto__`,
      "POST",
      1,
      "Session ID unknown",
      { sid: "__proto__" },
    ],
    ["another method", POLLING, "OPTIONS", 2, "Bad handshake method", { method: "OPTIONS" }],
    [
      "a websocket without upgrade",
      `${BASE}&transport=websocket`,
      "GET",
      3,
      "Bad request",
      { name: "TRANSPORT_HANDSHAKE_ERROR" },
    ],
    [
      "revision 3",
      POLLING.replace("EIO=4", "EIO=3"),
      "GET",
      5,
      "Unsupported protocol version",
      { protocol: 3 },
    ],
    [
      "revision 5",
      POLLING.replace("EIO=4", "EIO=5"),
      "GET",
      5,
      "Unsupported protocol version",
      { protocol: 3 },
    ],
    [
      "no revision",
      "/engine.io/?transport=polling",
      "GET",
      5,
      "Unsupported protocol version",
      { protocol: 3 },
    ],
  ];
  for (const [name, path, method, code, message, context] of cases) {
    it(`gets code ${code} for ${name}`, async () => {
      const server = await serve();
      const { status, headers, body } = await server.ask(path, { method });
      expect(status).toBe(400);
      expect(headers).toMatchObject(REFUSED);
      expect(JSON.parse(body)).toEqual({ code, message });
      expect(server.errors).toEqual([expect.objectContaining({ code, message, context })]);
      expect(server.engine.clientsCount).toBe(0);
    });
  }

  it("gets code 3 when it changes the transport or the revision of its session", async () => {
    const server = await serve();
    const client = await server.poll();
    const swap = (from: string, to: string): string => client.path.replace(from, to);
    expect((await server.ask(swap("polling", "websocket"))).status).toBe(400);
    expect((await server.ask(swap("EIO=4", "EIO=3"))).status).toBe(400);
    expect(server.errors.map(({ context }) => context)).toEqual([
      { name: "TRANSPORT_MISMATCH", transport: "websocket", previousTransport: "polling" },
      { name: "PROTOCOL_MISMATCH", protocol: 3, previousProtocol: 4 },
    ]);
    expect(server.engine.clientsCount).toBe(1);
  });

  it("gets code 0 for polling where the server does without", async () => {
    const server = await serve({ transports: ["websocket"] });
    expect(JSON.parse((await server.ask(POLLING)).body)).toEqual({ code: 0, message: "Transport unknown" });
  });

  it("is one with a target that is no URL", async () => {
    const server = await serve({ path: "/" });
    expect(await server.raw("GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toContain(" 400 ");
  });
});

describe("allowRequest", () => {
  it("refuses with 403 and its text", async () => {
    const server = await serve({ allowRequest: (_request, answer) => answer("Thou shall not pass", false) });
    const { status, body } = await server.ask(POLLING);
    expect(status).toBe(403);
    expect(JSON.parse(body)).toEqual({ code: 4, message: "Thou shall not pass" });
    expect(server.errors[0]).toMatchObject({
      code: 4,
      message: "Forbidden",
      context: { message: "Thou shall not pass" },
    });
  });

  it("refuses without a text", async () => {
    const server = await serve({ allowRequest: (_request, answer) => answer(null, false) });
    expect(JSON.parse((await server.ask(POLLING)).body)).toEqual({ code: 4, message: "Forbidden" });
    expect(server.errors[0]!.context).toEqual({ message: null });
  });

  const failing = {
    throws: () => {
      throw new Error("secret");
    },
    rejects: () => Promise.reject(new Error("secret")),
  };
  for (const [name, allowRequest] of Object.entries(failing)) {
    it(`refuses, and tells the peer no more, when it ${name}`, async () => {
      const server = await serve({ allowRequest });
      const { status, body } = await server.ask(POLLING);
      expect(status).toBe(403);
      expect(body).not.toContain("secret");
      expect(server.errors[0]!.context).toMatchObject({ name: "ALLOW_REQUEST_FAILURE" });
    });
  }

  it("is asked for handshakes only", async () => {
    let asked = 0;
    const server = await serve({
      allowRequest: (_request, answer) => {
        asked++;
        setImmediate(answer, null, true);
      },
    });
    const client = await server.poll();
    await client.post("4x");
    expect(asked).toBe(1);
  });
});

describe("generateId", () => {
  it("may be replaced", async () => {
    const server = await serve({}, (engine) => (engine.generateId = () => "mine"));
    expect((await server.poll()).sid).toBe("mine");
  });

  it("may give a promise", async () => {
    const server = await serve({}, (engine) => (engine.generateId = () => Promise.resolve("later")));
    expect((await server.poll()).sid).toBe("later");
  });

  const failing = {
    throws: () => {
      throw new Error("no id");
    },
    rejects: () => Promise.reject(new Error("no id")),
    "gives a number": () => 5,
    "gives nothing": () => undefined,
    "gives an empty string": () => "",
    "gives a promise of a number": () => Promise.resolve(5),
    "gives a promise of nothing": () => Promise.resolve(),
    "gives a promise of an empty string": () => Promise.resolve(""),
    "gives a promise that throws": () => ({
      then: () => {
        throw new Error("no id");
      },
    }),
  };
  for (const [name, generateId] of Object.entries(failing)) {
    it(`refuses the handshake when it ${name}`, async () => {
      const server = await serve({}, (engine) => (engine.generateId = generateId as () => string));
      const { status, body } = await server.ask(POLLING);
      expect(status).toBe(400);
      expect(JSON.parse(body)).toEqual({ code: 3, message: "Bad request" });
      expect(await server.webSocket().closed).toBe(1006);
      expect(server.errors).toHaveLength(2);
      for (const { code, context } of server.errors) {
        expect(code).toBe(3);
        expect(context).toMatchObject({ name: "ID_GENERATION_ERROR", error: expect.any(Error) });
      }
      expect(server.engine.clientsCount).toBe(0);
    });
  }

  it("must not give the id of a session that is open", async () => {
    const server = await serve({}, (engine) => (engine.generateId = () => "same"));
    await server.poll();
    expect((await server.ask(POLLING)).status).toBe(400);
    expect(server.engine.clientsCount).toBe(1);
  });
});

describe("a POST", () => {
  it("is answered with ok", async () => {
    const server = await serve();
    const client = await server.poll();
    const { status, headers, body } = await client.post("4hello");
    expect([status, body]).toEqual([200, "ok"]);
    expect(headers).toMatchObject({
      "content-type": "text/html",
      "content-length": "2",
      "cache-control": "no-store",
    });
  });

  it("delivers its packets in order, text and binary", async () => {
    const server = await serve();
    const client = await server.poll();
    const got: unknown[] = [];
    server.session.on("message", (message) => got.push(message));
    await client.post("4a\u001ebAQID\u001e4ç€😀\u001e4");
    expect(got).toEqual(["a", Buffer.from([1, 2, 3]), "ç€😀", ""]);
  });

  it("that is malformed is answered with ok, after what stands before the fault was delivered", async () => {
    const server = await serve();
    const client = await server.poll();
    const got: unknown[] = [];
    server.session.on("message", (message) => got.push(message));
    const closed = nextClose(server.session);
    const pending = await client.pendingGet();
    expect(await client.post("4a\u001e7\u001e4b")).toMatchObject({ status: 200, body: "ok" });
    expect(await pending.reply).toMatchObject({ status: 200, body: "1" });
    expect((await closed)[0]).toBe("parse error");
    expect(got).toEqual(["a"]);
  });

  it("with the close packet ends the session and lets the pending GET go", async () => {
    const server = await serve();
    const client = await server.poll();
    const closed = nextClose(server.session);
    const pending = await client.pendingGet();
    expect((await client.post("1\u001e4a")).body).toBe("ok");
    expect((await pending.reply).body).toBe("6");
    expect(await closed).toEqual(["transport close", undefined]);
    expect((await client.get()).status).toBe(400);
    expect(server.errors[0]).toMatchObject({ code: 1 });
  });

  it("of exactly the limit is taken", async () => {
    const server = await serve({ maxHttpBufferSize: 100 });
    const client = await server.poll();
    expect((await client.post(`4${"x".repeat(99)}`)).status).toBe(200);
  });

  for (const [name, headers] of Object.entries({
    "by its content-length": {},
    "as it arrives": { "transfer-encoding": "chunked" },
  })) {
    it(`above the limit in bytes gets 413 and ends the session, found ${name}`, async () => {
      const server = await serve({ maxHttpBufferSize: 100 });
      const client = await server.poll();
      const closed = nextClose(server.session);
      const reply = await client.post(`4${"€".repeat(34)}`, { headers });
      expect(reply).toMatchObject({ status: 413, body: "" });
      expect(reply.headers.connection).toBe("close");
      expect((await closed)[0]).toBe("transport error");
      expect(server.engine.clientsCount).toBe(0);
    });
  }

  it("of binary content is refused and ends the session", async () => {
    const server = await serve();
    const client = await server.poll();
    const closed = nextClose(server.session);
    const pending = await client.pendingGet();
    const headers = { "content-type": "application/octet-stream" };
    expect(await client.post(Buffer.from([4, 1, 2]), { headers })).toMatchObject({ status: 400, body: "" });
    expect((await pending.reply).body).toBe("1");
    expect(await closed).toMatchObject(["transport error", { message: "invalid content" }]);
  });

  it("beside another ends the session, and the other's connection is reset", async () => {
    const server = await serve();
    const client = await server.poll();
    const closed = nextClose(server.session);
    const first = await server.connect();
    first.on("error", () => undefined);
    first.write(`POST ${client.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n4x`);
    await once(server.http, "request");
    expect((await client.post("4y")).status).toBe(400);
    expect(await closed).toMatchObject(["transport error", { message: "data request overlap from client" }]);
    await once(first, "close");
  });

  it("that is cut ends the session", async () => {
    const server = await serve();
    const client = await server.poll();
    const closed = nextClose(server.session);
    const socket = await server.connect();
    socket.write(`POST ${client.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n4x`);
    await once(server.http, "request");
    socket.destroy();
    expect((await closed)[0]).toBe("transport error");
  });

  it("whose body does not come in time gets 408 and ends the session", async () => {
    const server = await serve({ limits: { bodyTimeout: 50 } });
    const client = await server.poll();
    const closed = nextClose(server.session);
    const answer = await server.raw(
      `POST ${client.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n4x`,
    );
    expect(answer).toContain(" 408 ");
    expect((await closed)[0]).toBe("transport error");
  });

  it("with a ping, which only servers send, ends the session", async () => {
    const server = await serve();
    const client = await server.poll();
    const closed = nextClose(server.session);
    await client.post("2");
    expect(await closed).toMatchObject(["transport error", { message: "invalid heartbeat direction" }]);
  });

  it("of very many packets leaves the loop to others, and is answered after the last", async () => {
    const server = await serve();
    const client = await server.poll();
    const count = 300_000;
    let got = 0;
    let turns = 0;
    server.session.on("message", () => got++);
    const body = "4\u001e".repeat(count - 1) + "4";
    const posted = client.post(body).then(() => got);
    await until(() => got > 0);
    while (got < count) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
    expect(turns).toBeGreaterThan(1);
    expect(await posted).toBe(count);
  });
});

describe("a GET", () => {
  it("gets all that a turn has sent, joined", async () => {
    const server = await serve();
    const client = await server.poll();
    const pending = await client.pendingGet();
    server.session
      .send("a")
      .send(Buffer.from([1, 2, 3]))
      .send("ç");
    expect((await pending.reply).body).toBe("4a\u001ebAQID\u001e4ç");
  });

  it("gets at once what was sent before it came", async () => {
    const server = await serve();
    const client = await server.poll();
    server.session.send("a");
    server.session.send("b");
    expect((await client.get()).body).toBe("4a\u001e4b");
  });

  it("beside another ends the session", async () => {
    const server = await serve();
    const client = await server.poll();
    const closed = nextClose(server.session);
    const pending = await client.pendingGet();
    expect(await client.get()).toMatchObject({ status: 400, body: "" });
    expect((await pending.reply).body).toBe("1");
    expect(await closed).toMatchObject(["transport error", { message: "overlap from client" }]);
  });

  it("that is cut ends the session", async () => {
    const server = await serve();
    const client = await server.poll();
    const closed = nextClose(server.session);
    const socket = await server.connect();
    socket.write(`GET ${client.path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until(() => server.engine.clients.get(client.sid)!.transport.writable);
    socket.destroy();
    expect((await closed)[0]).toBe("transport error");
  });

  for (const method of ["PUT", "DELETE", "HEAD", "OPTIONS"]) {
    it(`is not a ${method}, which gets 405`, async () => {
      const server = await serve();
      const client = await server.poll();
      const { status, headers } = await server.ask(client.path, { method });
      expect(status).toBe(405);
      expect(headers.allow).toBe("GET, POST");
      expect(server.engine.clientsCount).toBe(1);
    });
  }
});

describe("compression", () => {
  async function answerTo(acceptEncoding: string, send: { compress?: boolean } = {}, length = 2000) {
    const server = await serve();
    const client = new PollingClient(server, (await server.poll()).sid);
    server.session.send("x".repeat(length), send);
    const response = await fetch(`http://127.0.0.1:${server.port}${client.path}`, {
      headers: { "accept-encoding": acceptEncoding },
    });
    return { encoding: response.headers.get("content-encoding"), length: (await response.text()).length };
  }

  it("prefers gzip", async () => {
    expect(await answerTo("deflate, gzip")).toEqual({ encoding: "gzip", length: 2001 });
  });

  it("takes deflate where gzip is not accepted", async () => {
    expect(await answerTo("gzip;q=0, deflate")).toEqual({ encoding: "deflate", length: 2001 });
  });

  it("leaves alone what is short, not to be compressed, or for a peer that accepts neither", async () => {
    expect((await answerTo("gzip", {}, 100)).encoding).toBeNull();
    expect((await answerTo("gzip", { compress: false })).encoding).toBeNull();
    expect((await answerTo("br")).encoding).toBeNull();
  });

  it("makes real gzip and deflate streams", async () => {
    const server = await serve({ httpCompression: { threshold: 0 } });
    const client = await server.poll();
    const decoders = { gzip: gunzipSync, deflate: inflateSync };
    for (const [encoding, decode] of Object.entries(decoders)) {
      server.session.send(encoding);
      const raw = await server.raw(
        `GET ${client.path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`,
      );
      const chunks = raw.slice(raw.indexOf("\r\n\r\n") + 4);
      expect(decode(unchunk(Buffer.from(chunks, "latin1"))).toString()).toBe(`4${encoding}`);
    }
  });
});

/** The body of a chunked answer. */
function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = parseInt(bytes.subarray(at, lineEnd).toString(), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
