/** Requests that would become WebSockets (RFC 6455 §4.2): both ways to frame give the same status. */
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { BASE, serve } from "./harness.ts";

const GOOD = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
};

const CASES: [name: string, headers: Record<string, string | undefined>, status: number][] = [
  ["in order", {}, 101],
  ["of version 8", { "Sec-WebSocket-Version": "8" }, 101],
  ["with another case of the name", { Upgrade: "WebSocket" }, 101],
  ["with a subprotocol", { "Sec-WebSocket-Protocol": "one" }, 101],
  ["with several subprotocols", { "Sec-WebSocket-Protocol": "one, two" }, 101],
  ["with an extension that nobody knows", { "Sec-WebSocket-Extensions": "constructor" }, 101],
  ["of another protocol", { Upgrade: "h2c" }, 400],
  ["without a key", { "Sec-WebSocket-Key": undefined }, 400],
  ["with a short key", { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j" }, 400],
  ["with a key of other characters", { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZ*==" }, 400],
  ["without a version", { "Sec-WebSocket-Version": undefined }, 400],
  ["of version 7", { "Sec-WebSocket-Version": "7" }, 400],
  ["of no version", { "Sec-WebSocket-Version": "13x" }, 400],
  ["with an empty subprotocol", { "Sec-WebSocket-Protocol": "one,,two" }, 400],
  ["with a subprotocol that is no token", { "Sec-WebSocket-Protocol": "one two" }, 400],
  ["with the same subprotocol twice", { "Sec-WebSocket-Protocol": "one, one" }, 400],
  [
    "with 5,000 blanks between subprotocols (CVE-2021-32640)",
    { "Sec-WebSocket-Protocol": `a${" ".repeat(5000)}b` },
    400,
  ],
];

describe.each([
  ["this package", {}],
  ["ws", { wsEngine: WebSocketServer }],
] as const)("a handshake answered by %s", (_name, framing) => {
  for (const [name, changes, status] of CASES) {
    it(`gets ${status} ${name}`, async () => {
      const server = await serve(framing);
      const headers = Object.entries<string | undefined>({ ...GOOD, ...changes }).filter(
        ([, value]) => value !== undefined,
      );
      const lines = headers.map(([header, value]) => `${header}: ${value}\r\n`).join("");
      // A masked close frame at once, so that an open WebSocket ends as well.
      const request = `GET ${BASE}&transport=websocket HTTP/1.1\r\nHost: x\r\n${lines}\r\n\x88\x80\0\0\0\0`;
      expect(await server.raw(request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(server.engine.clientsCount).toBe(0);
    });
  }

  it("tells which versions it takes", async () => {
    const server = await serve(framing);
    const request = `GET ${BASE}&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${GOOD["Sec-WebSocket-Key"]}\r\n\r\n`;
    expect(await server.raw(request)).toMatch(/\r\nSec-WebSocket-Version: 13, 8\r\n/i);
  });
});
