/** Refused requests, as the peer and as `connection_error` are told of them: both engines (api-surface.md 6.4). */
import type { IncomingMessage } from "node:http";
import { exchange, exchangeRaw, type HttpAsk } from "@telsiz/testkit";
import { describe, expect, it } from "vitest";
import { type EngineKindOptions, EngineMeeting, ENGINES } from "../src/engines.ts";

/** What `connection_error` tells. */
interface Told {
  readonly req: IncomingMessage;
  readonly code: number;
  readonly message: string;
  readonly context: object;
}

const POLLING = "/engine.io/?EIO=4&transport=polling";
const WEBSOCKET = POLLING.replace("polling", "websocket");

const UPGRADE_HEADERS = [
  ...["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"],
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** What each code comes of: the request, and what is told. */
const REFUSALS: readonly (readonly [string, HttpAsk, { code: number; message: string; context: object }])[] =
  [
    [
      "no transport",
      { path: "/engine.io/?EIO=4" },
      refusal(0, "Transport unknown", { transport: undefined }),
    ],
    [
      "an unknown transport",
      { path: POLLING.replace("polling", "pigeon") },
      refusal(0, "Transport unknown", { transport: "pigeon" }),
    ],
    [
      "an unknown session",
      { path: `${POLLING}&sid=none` },
      refusal(1, "Session ID unknown", { sid: "none" }),
    ],
    [
      "another method",
      { path: POLLING, method: "OPTIONS" },
      refusal(2, "Bad handshake method", { method: "OPTIONS" }),
    ],
    [
      "a WebSocket without upgrade",
      { path: WEBSOCKET },
      refusal(3, "Bad request", { name: "TRANSPORT_HANDSHAKE_ERROR" }),
    ],
    [
      "another revision",
      { path: POLLING.replace("EIO=4", "EIO=3") },
      refusal(5, "Unsupported protocol version", { protocol: 3 }),
    ],
  ];

function refusal(
  code: number,
  message: string,
  context: object,
): { code: number; message: string; context: object } {
  return { code, message, context };
}

describe.each(ENGINES)("$name", (kind) => {
  async function open(options?: EngineKindOptions): Promise<{ meeting: EngineMeeting; told: Told[] }> {
    const told: Told[] = [];
    const meeting = await EngineMeeting.open(kind, options);
    meeting.engine.on("connection_error", (error: Told) => told.push(error));
    return { meeting, told };
  }
  /** The status line and the rest of the answer to a request for a WebSocket. */
  const askForWebSocket = (meeting: EngineMeeting, path: string, ...headers: string[]): Promise<string> =>
    exchangeRaw(
      meeting.port,
      [`GET ${path} HTTP/1.1`, "Host: x", ...UPGRADE_HEADERS, ...headers, "", ""].join("\r\n"),
    );

  it.each(REFUSALS)(
    "refuses %s with 400, its code and its text, and tells why",
    async (_what, ask, expected) => {
      const { meeting, told } = await open();
      const { status, headers, body } = await exchange(meeting.port, ask);
      const { code, message, context } = expected;
      expect([status, headers["content-type"]]).toEqual([400, "application/json"]);
      expect(JSON.parse(body)).toEqual({ code, message });
      expect(told).toEqual([expect.objectContaining({ code, message, context })]);
      expect(told[0]!.req.url).toBe(ask.path);
      expect(meeting.engine.clientsCount).toBe(0);
    },
  );

  it("refuses an origin with a character that no header may have", async () => {
    const { meeting, told } = await open();
    const answer = await exchangeRaw(
      meeting.port,
      `GET ${POLLING} HTTP/1.1\r\nHost: x\r\nOrigin: a\x7fb\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    if (told.length === 0) return; // a version of Node.js that refuses it before
    expect(told[0]).toMatchObject({ code: 3, context: { name: "INVALID_ORIGIN", origin: "a\x7fb" } });
  });

  it("refuses a request of a session over another transport, or of another revision", async () => {
    const { meeting, told } = await open();
    const { body } = await exchange(meeting.port, { path: POLLING });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    await exchange(meeting.port, { path: `${WEBSOCKET}&sid=${sid}` });
    await exchange(meeting.port, { path: `${POLLING.replace("EIO=4", "EIO=3")}&sid=${sid}` });
    expect(told.map(({ code, context }) => [code, context])).toEqual([
      [3, { name: "TRANSPORT_MISMATCH", transport: "websocket", previousTransport: "polling" }],
      [3, { name: "PROTOCOL_MISMATCH", protocol: 3, previousProtocol: 4 }],
    ]);
    expect(meeting.engine.clientsCount).toBe(1);
  });

  it("refuses whom allowRequest refuses: with 403 over HTTP, with 400 as a WebSocket, with its text", async () => {
    const { meeting, told } = await open({ allowRequest: (_request, decide) => decide("not you", false) });
    const { status, body } = await exchange(meeting.port, { path: POLLING });
    expect([status, JSON.parse(body)]).toEqual([403, { code: 4, message: "not you" }]);
    const answer = await askForWebSocket(meeting, WEBSOCKET);
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(answer).toMatch(/\r\n\r\nnot you$/);
    expect(told.map(({ code, message, context }) => [code, message, context])).toEqual([
      [4, "Forbidden", { message: "not you" }],
      [4, "Forbidden", { message: "not you" }],
    ]);
  });

  it("refuses whose id cannot be made", async () => {
    const { meeting, told } = await open();
    const error = new Error("no ids left");
    meeting.engine.generateId = () => Promise.reject(error);
    // Reported, too, where failures of the application are.
    meeting.engine.on("handler_error", () => undefined);
    expect((await exchange(meeting.port, { path: POLLING })).status).toBe(400);
    expect(told).toEqual([
      expect.objectContaining({ code: 3, context: { name: "ID_GENERATION_ERROR", error } }),
    ]);
  });

  it("refuses whom a middleware refuses", async () => {
    const { meeting, told } = await open();
    meeting.engine.use((_request: unknown, _response: unknown, next: (error: Error) => void) =>
      next(new Error("not today")),
    );
    expect((await exchange(meeting.port, { path: POLLING })).status).toBe(400);
    expect(await askForWebSocket(meeting, WEBSOCKET)).toMatch(/^HTTP\/1.1 400 /);
    expect(told).toHaveLength(2);
    for (const { code, context } of told) {
      expect(code).toBe(3);
      expect(context).toMatchObject({ name: "MIDDLEWARE_FAILURE" });
    }
  });

  it("tells a WebSocket that is refused by the text of the code", async () => {
    const { meeting, told } = await open();
    const answer = await askForWebSocket(meeting, `${WEBSOCKET}&sid=none`);
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(answer).toMatch(/\r\n\r\nSession ID unknown$/);
    expect(told).toEqual([expect.objectContaining({ code: 1, context: { sid: "none" } })]);
  });
});
