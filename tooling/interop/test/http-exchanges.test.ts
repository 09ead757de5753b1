/** The recorded HTTP exchanges, against the stock server to prove this replay, and against ours. */
import type { EngineServer } from "@telsiz/engine/server";
import { gunzipSync, inflateSync } from "node:zlib";
import {
  bounded,
  type Difference,
  exchange,
  exchangeRaw,
  type HttpAnswer,
  type HttpVector,
  loadVectors,
  planReplay,
  PollingPeer,
  type RecordedRefusal,
  untag,
  type VectorPlan,
} from "@telsiz/testkit";
import type { Server, ServerOptions } from "socket.io";
import { afterAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourServer, stockServer } from "../src/peers.ts";
import { WebSocketPeer } from "../src/websocket-peer.ts";

/** What is compared of an exchange: not bytes, but what they mean. */
interface Outcome {
  status?: number | undefined;
  headers?: Record<string, string>;
  body?: string;
  raw?: string;
  /** Whether a WebSocket opened, and what became of it. */
  opened?: boolean;
  closeCode?: number | "still open" | undefined;
  refusals: RecordedRefusal[];
}

const versionRefusal = { code: 5, message: "Unsupported protocol version", context: { protocol: 3 } };
const versionRefusedBefore101: Difference<Partial<Outcome>> = {
  reason: "protocol.md E (3): a wrong EIO is refused before the 101, not with HTTP text inside the WebSocket",
  outcome: {
    opened: false,
    closeCode: undefined,
    status: 400,
    headers: { "content-type": "text/html", "content-length": "28" },
    body: "Unsupported protocol version",
    refusals: [versionRefusal],
  },
};

/** The headers of a served file, recorded ones and `Vary`. */
function servedFile(type: string, encoding?: string): Difference<Partial<Outcome>> {
  const headers = {
    "cache-control": "public, max-age=0",
    etag: "<etag>",
    vary: "Accept-Encoding",
    ...(type === "" ? {} : { "content-type": type }),
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
  };
  return {
    reason: "RFC 9110 12.5.5 and 15.4.5: a cache has to know that answers vary by encoding, from a 304 too",
    outcome: { headers },
  };
}

const javascript = "application/javascript; charset=utf-8";

const olderRevisions = "a later stage: older protocol revisions";

/** @see VectorPlan */
export const httpPlan: VectorPlan<Partial<Outcome>> = {
  later: {
    "http-015": olderRevisions,
    "http-016": olderRevisions,
    "http-017": olderRevisions,
    "http-109": olderRevisions,
  },
  different: {
    "http-019": {
      reason: "security.md section 5, row 16: JSONP is off, as its answers can be read by any origin",
      outcome: { headers: textPlain("118"), body: handshakeBody() },
    },
    "http-073": {
      reason: "security.md section 5, row 10: the origin list of `cors` refuses the handshake itself",
      outcome: {
        status: 403,
        headers: { vary: "Origin", "content-type": "application/json" },
        body: '{"code":4,"message":"Forbidden"}',
        refusals: [
          {
            code: 4,
            message: "Forbidden",
            context: { name: "FOREIGN_ORIGIN", origin: "http://evil.test" },
          },
        ],
      },
    },
    "http-080": servedFile(javascript),
    "http-081": servedFile(javascript),
    "http-082": servedFile(javascript),
    "http-084": servedFile(javascript, "gzip"),
    "http-085": servedFile(javascript, "br"),
    "http-086": servedFile(""),
    "http-087": servedFile(""),
    "http-088": servedFile(javascript),
    "http-094": versionRefusedBefore101,
    "http-095": versionRefusedBefore101,
    "http-104": {
      reason: "who looks for the cause finds it in the context, which the peer does not see",
      outcome: {
        refusals: [
          {
            code: 3,
            message: "Bad request",
            context: { name: "MIDDLEWARE_FAILURE", error: "Error: no" },
          },
        ],
      },
    },
    "http-105": {
      reason: "a middleware that answers an upgrade is heard, in place of a bare end of the connection",
      outcome: {
        closeCode: undefined,
        opened: false,
        status: 401,
        headers: { "content-length": "12" },
        body: "unauthorized",
      },
    },
    "http-107": {
      reason: "protocol.md E (2): a session on WebSocket cannot be taken over by another WebSocket",
      outcome: { closeCode: 1005 },
    },
    "http-111": {
      reason: versionRefusedBefore101.reason,
      outcome: {
        raw: rawRefusal("Unsupported protocol version"),
        refusals: [versionRefusal],
      },
    },
  },
};

/** What the application of an exchange did, by the id of the entry. */
const applications: Record<string, (io: Server) => void> = {
  "http-042": (io) => io.engine.use((_req: unknown, res: any) => res.writeHead(503).end("busy")),
  "http-043": (io) =>
    io.engine.use((_req: unknown, res: any, next: () => void) => {
      res.setHeader("x-mw", "1");
      next();
    }),
  "http-044": (io) => {
    io.engine.generateId = () => {
      throw new Error("no id");
    };
  },
  "http-061": (io) => io.on("connection", (socket) => socket.emit("big", "x".repeat(2_000))),
  "http-104": (io) =>
    io.engine.use((_req: unknown, _res: unknown, next: (e: Error) => void) => next(new Error("no"))),
  "http-105": (io) =>
    io.engine.use((_req: unknown, res: any) => {
      res.statusCode = 401;
      res.end("unauthorized");
    }),
};

/** The `allowRequest` of an exchange, by the id of the entry. */
const allowRequests: Record<string, ServerOptions["allowRequest"]> = {
  "http-039": (_request, callback) => callback(null, false),
  "http-040": (request, callback) => callback(null, !request.url!.includes("sid=")),
};

/** What happens before the request, so that `<sid>` stands for a session; polling unless named here. */
const sessions: Record<string, (port: number) => Promise<string>> = {
  "http-061": async (port) => {
    const peer = await PollingPeer.open(port);
    await peer.post("40");
    return peer.sid;
  },
  "http-107": async (port) => {
    const peer = await WebSocketPeer.open(port);
    const open = await peer.frames.take();
    return (JSON.parse(String(open).slice(1)) as { sid: string }).sid;
  },
};

const COMPARED_HEADERS =
  /^(content-(type|length|encoding)|cache-control|vary|etag|x-xss-protection|x-mw|access-control-.*)$/;

describe.each([stockServer, ourServer])("the recorded HTTP exchanges with $name", (kind) => {
  const meetings: Meeting[] = [];
  const vectors = loadVectors("http-exchanges");
  const plan = kind.ours ? httpPlan : { later: {}, different: {} };

  afterAll(() => Promise.all(meetings.map(closeAtOnce)));

  /** Nobody polls for what still waits in the sessions: our server would give it 5 seconds. */
  function closeAtOnce(meeting: Meeting): Promise<void> {
    const engine = meeting.io.engine as unknown as EngineServer;
    if (kind.ours) for (const session of engine.clients.values()) session.close(true);
    return meeting.close();
  }

  async function replay(vector: HttpVector): Promise<Outcome> {
    const { id, serverOptions = {}, request } = vector;
    const allowRequest = allowRequests[id];
    const options = { ...serverOptions, ...(allowRequest === undefined ? {} : { allowRequest }) };
    const meeting = await openMeeting(kind, options);
    meetings.push(meeting);
    const refusals: RecordedRefusal[] = [];
    const { port } = meeting;
    let { path } = request;
    if (path.includes("<sid>")) {
      const session = sessions[id] ?? (async () => (await PollingPeer.open(port)).sid);
      applications[id]?.(meeting.io);
      path = path.replace("<sid>", await session(port));
    } else applications[id]?.(meeting.io);
    meeting.io.engine.on("connection_error", ({ code, message, context }: RecordedRefusal) => {
      refusals.push({ code, message, context: describeContext(context) });
    });
    const outcome = await ask(port, vector, path);
    return { ...outcome, refusals };
  }

  const planned = planReplay(vectors, ({ id }) => id, plan);

  it.each(planned.map((each) => [each.vector.id, each.vector.description, each] as const))(
    "%s: %s",
    async (_id, _description, { vector, different }) => {
      expect(await replay(vector)).toEqual({ ...recordedOutcome(vector), ...different?.outcome });
    },
  );
});

async function ask(port: number, vector: HttpVector, path: string): Promise<Omit<Outcome, "refusals">> {
  const { request, response } = vector;
  if (response.raw !== undefined) return { raw: await askRaw(port, vector) };
  if (request.upgrade !== undefined) return askUpgrade(port, path);
  const etag = { "if-none-match": await currentEtag(port, vector) };
  const headers = { ...request.headers, ...(etag["if-none-match"] === "" ? {} : etag) };
  const answer = await exchange(port, { ...request, path, headers });
  return {
    status: answer.status,
    headers: comparable(answer.headers, response.headers ?? {}),
    body: bodyOf(answer),
  };
}

/** The recorded tag is that of a version; another version has another. */
async function currentEtag(port: number, { request }: HttpVector): Promise<string> {
  const recorded = request.headers?.["if-none-match"];
  if (recorded === undefined) return "";
  const { headers } = await exchange(port, { path: request.path });
  return recorded.replace('"4.8.4"', headers.etag!);
}

async function askRaw(port: number, { request }: HttpVector): Promise<string> {
  const upgrade =
    request.upgrade === undefined
      ? []
      : [
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ];
  const given = Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const head = [`GET ${request.path} HTTP/1.1`, "Host: localhost", ...upgrade, ...given].join("\r\n");
  const bytes = Buffer.from(`${head}\r\n\r\n`.replace("<0x7f>", "\x7f"), "latin1");
  return withoutSid(await bounded(exchangeRaw(port, bytes, isOpenPacket), "the raw answer"));
}

function isOpenPacket(answer: string): boolean {
  return answer.includes("101 Switching") && answer.endsWith("}");
}

function askUpgrade(port: number, path: string): Promise<Omit<Outcome, "refusals">> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  let opened = false;
  const outcome = new Promise<Omit<Outcome, "refusals">>((resolve) => {
    socket.once("unexpected-response", (_request, response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => {
        const headers = comparable(response.headers, response.headers as Record<string, string>);
        resolve({ opened: false, status: response.statusCode, headers, body });
      });
    });
    socket.once("open", () => {
      opened = true;
      socket.ping();
    });
    socket.once("pong", () => resolve({ opened: true, closeCode: "still open" }));
    socket.once("close", (closeCode) => resolve({ opened, closeCode }));
    socket.on("error", () => undefined); // the close event says what is to be known
  });
  return bounded(outcome, "the end of the upgrade request").finally(() => socket.terminate());
}

function recordedOutcome({ response, connection_error = [] }: HttpVector): Outcome {
  const refusals = connection_error.map((refusal) => untag(refusal) as RecordedRefusal);
  if (response.raw !== undefined) return { raw: response.raw, refusals: refusalsOfRaw(response.raw) };
  const { opened, refused, status, headers = {} } = response;
  if (opened !== undefined) return { opened, closeCode: response.closeCode ?? "still open", refusals };
  const body = bodyOfRecord(response.body);
  const outcome = { status, headers: comparable(headers, headers), body, refusals };
  return refused === true ? { opened: false, ...outcome } : outcome;
}

/** The recorder did not note refusals beside raw bytes. */
function refusalsOfRaw(raw: string): RecordedRefusal[] {
  if (raw.includes("Unsupported")) return [versionRefusal];
  if (raw.includes("Transport")) {
    return [{ code: 0, message: "Transport unknown", context: { transport: "abc" } }];
  }
  if (raw.includes("Session")) return [{ code: 1, message: "Session ID unknown", context: { sid: "zzz" } }];
  return [];
}

/** The headers that mean something; the length only where the record has one, as the rest was sent in chunks. */
function comparable(
  headers: Readonly<Record<string, unknown>>,
  recorded: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Object.entries(headers).filter(
    ([name]) => COMPARED_HEADERS.test(name) && (name !== "content-length" || name in recorded),
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === "etag" ? "<etag>" : String(value)]),
  );
}

function bodyOf({ headers, bytes }: HttpAnswer): string {
  const type = headers["content-type"] ?? "";
  if (type.includes("javascript")) return "<file>";
  return plainText(bytes, headers["content-encoding"]);
}

function bodyOfRecord(body: unknown): string {
  if (typeof body !== "string") return plainText(untag(body) as Buffer, "deflate");
  return /^<\d+ (chars|bytes)>$/.test(body) ? "<file>" : withoutSid(body);
}

function plainText(bytes: Buffer, encoding: string | undefined): string {
  if (encoding === "deflate") return withoutSid(inflateSync(bytes).toString());
  if (encoding === "gzip") return withoutSid(gunzipSync(bytes).toString());
  return withoutSid(bytes.toString());
}

function withoutSid(text: string): string {
  return text.replaceAll(/(\\?"sid\\?":\\?")[\w-]*/g, "$1<sid>").replaceAll(/\r\nDate: [^\r]*/g, "");
}

function describeContext(context: unknown): unknown {
  const entries = Object.entries(context as object).map(([key, value]) => [
    key,
    value instanceof Error ? String(value) : (value as unknown),
  ]);
  return Object.fromEntries(entries);
}

function textPlain(length: string): Record<string, string> {
  return {
    "content-type": "text/plain; charset=UTF-8",
    "content-length": length,
    "cache-control": "no-store",
  };
}

function handshakeBody(): string {
  return '0{"sid":"<sid>","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
}

function rawRefusal(message: string): string {
  const head = ["HTTP/1.1 400 Bad Request", "Connection: close", "Content-type: text/html"];
  return [...head, `Content-Length: ${message.length}`, "", message].join("\r\n");
}
