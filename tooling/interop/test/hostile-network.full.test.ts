/**
 * Servers that break HTTP and WebSocket, or keep to them to no end, to our client: it becomes a connect_error or a disconnect with
 * its reason, memory is bounded, and attempts keep to the back-off.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { nextEvent, openHttpPort } from "@telsiz/testkit";
import { describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import {
  type Answer,
  CONNECT,
  HostileClientStage,
  OPEN,
  send,
  withHandshake,
} from "./hostile-client-stage.ts";

const stage = new HostileClientStage();
stage.useHooks();

/** More than the client takes. */
const TOO_MUCH = 10_000_001;

/** An answer that goes on until it is not taken any more. */
const endless: Answer = (response) => {
  const chunk = "4".repeat(1_000_000);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", more);
  response.on("error", () => undefined);
  more();
};

describe("what is no WebSocket", () => {
  it.each([
    ["another protocol", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ["a redirect", "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"],
    [
      "a wrong key",
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
    ],
    ["headers without end", `HTTP/1.1 101 Switching Protocols\r\nX-Long: ${"x".repeat(100_000)}`],
    ["nonsense", "nonsense\r\n\r\n"],
    ["nothing at all", ""],
  ])("fails the attempt at %s", async (_what, answer) => {
    stage.hostile = await openHttpPort();
    stage.hostile.server.on("upgrade", (_request: IncomingMessage, socket: Duplex) => {
      socket.on("error", () => undefined);
      socket.end(answer);
    });
    const [error] = await nextEvent<[unknown]>(stage.connect(["websocket"]), "connect_error");
    expect(error).toBeInstanceOf(Error);
  });

  it.each([
    ["reserved bits", [0xf1, 0x00]],
    ["a masked frame", [0x81, 0x81, 0, 0, 0, 0, 0x34]],
    ["an unknown opcode", [0x83, 0x00]],
    ["a part of no message", [0x80, 0x00]],
    ["a ping of 126 bytes", [0x89, 0x7e, 0x00, 0x7e]],
    ["a ping in parts", [0x09, 0x00]],
    ["text that is not UTF-8", [0x81, 0x02, 0xc3, 0x28]],
    ["a frame of 2^63 bytes", [0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0]],
    ["a frame of one byte more than it takes", [0x82, 0x7f, 0, 0, 0, 0, 0x00, 0x98, 0x96, 0x81]],
    ["the close code 999", [0x88, 0x02, 0x03, 0xe7]],
    ["the close code 1005", [0x88, 0x02, 0x03, 0xed]],
    ["half a close code", [0x88, 0x01, 0x03]],
    ["a close reason that is not UTF-8", [0x88, 0x04, 0x03, 0xe8, 0xc3, 0x28]],
  ])("disconnects the client at %s", async (_what, frame) => {
    await stage.serveWebSockets((connection, socket) => {
      connection.send(OPEN);
      connection.once("message", () => {
        connection.send(CONNECT);
        socket.write(Buffer.from(frame));
      });
    });
    const [reason] = await nextEvent<[string]>(stage.connect(["websocket"]), "disconnect");
    expect(["transport error", "transport close"]).toContain(reason);
  });
});

describe("a WebSocket", () => {
  it.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 3000, 4999])(
    "that closes with %d disconnects the client",
    async (code) => {
      await stage.serveWebSockets((connection) => {
        connection.send(OPEN);
        connection.once("message", () => {
          connection.send(CONNECT);
          connection.close(code, "as it likes");
        });
      });
      const [reason, details] = await nextEvent<[string, unknown]>(
        stage.connect(["websocket"]),
        "disconnect",
      );
      expect([reason, details]).toEqual([
        "transport close",
        expect.objectContaining({ context: expect.objectContaining({ code }) as unknown }),
      ]);
    },
  );

  it.each([
    ["text", (connection: WebSocket) => connection.send("4".repeat(TOO_MUCH))],
    ["bytes", (connection: WebSocket) => connection.send(Buffer.alloc(TOO_MUCH))],
    [
      "what is small until it is unpacked",
      (connection: WebSocket) => connection.send("4".repeat(TOO_MUCH), { compress: true }),
    ],
    [
      "parts without end",
      (connection: WebSocket) => {
        for (let n = 0; n < 11; n++) connection.send(Buffer.alloc(1_000_000), { fin: false });
      },
    ],
  ])("that sends more than ten megabytes as %s disconnects the client", async (_what, flood) => {
    await stage.serveWebSockets((connection) => {
      connection.send(OPEN);
      connection.once("message", () => {
        connection.send(CONNECT);
        flood(connection);
      });
    });
    const [reason, error] = await nextEvent<[string, unknown]>(stage.connect(["websocket"]), "disconnect");
    expect([reason, error]).toEqual(["transport error", expect.any(Error)]);
  });

  it.each([
    ["before it says anything", []],
    ["behind the open packet", [OPEN]],
  ])("that closes %s ends the attempt", async (_when, frames) => {
    await stage.serveWebSockets((connection) => {
      for (const frame of frames) connection.send(frame);
      connection.close();
    });
    const [event] = await stage.outcome(stage.connect(["websocket"]));
    expect(event).toBe(frames.length === 0 ? "connect_error" : "disconnect");
  });

  it("that says nothing at all ends the attempt when its time is over", async () => {
    await stage.serveWebSockets(() => undefined);
    const [event, error] = await stage.outcome(stage.connect(["websocket"], { timeout: 50 }));
    expect([event, (error as Error).message]).toEqual(["connect_error", "timeout"]);
  });
});

describe("HTTP", () => {
  it.each([
    ["a status without body", send("", 204)],
    ["a redirect to itself", send("", 307, { location: "/socket.io/" })],
    ["not modified", send("", 304)],
    ["a status of its own", send(OPEN, 299)],
    ["an open packet as an error", send(OPEN, 503)],
    ["a body without end", endless],
  ])("fails the attempt at %s", async (_what, answer) => {
    await stage.answerPolls([answer]);
    const [error] = await nextEvent<[unknown]>(stage.connect(["polling"]), "connect_error");
    expect(error).toBeInstanceOf(Error);
  });

  it.each([
    ["no HTTP", "nonsense\r\n\r\n"],
    ["headers without end", `HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(100_000)}`],
    ["headers without number", `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(20_000)}`],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n0{}"],
    [
      "a length and chunks",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ["a broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["less than it announced", `HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n${OPEN}`],
    ["nothing", ""],
  ])("fails the attempt at %s, byte for byte", async (_what, answer) => {
    await stage.answerBytes((socket) => void socket.end(answer));
    const [error] = await nextEvent<[unknown]>(stage.connect(["polling"]), "connect_error");
    expect(error).toBeInstanceOf(Error);
  });

  it.each([
    ["a body without end", endless],
    ["a redirect", send("", 302, { location: "/elsewhere" })],
    ["an open packet as an error", send(OPEN, 500)],
  ])("disconnects the client at %s", async (_what, answer) => {
    await stage.answerPolls([send(OPEN), send(CONNECT), answer]);
    const [reason] = await nextEvent<[string]>(stage.connect(["polling"]), "disconnect");
    expect(reason).toBe("transport error");
  });

  it.each([
    ["an error status", send("no", 500)],
    ["too large", send("", 413)],
    ["a redirect", send("", 307, { location: "/elsewhere" })],
    ["a cut connection", (response: ServerResponse) => response.destroy()],
  ])("disconnects the client when what it sends is answered with %s", async (_what, post) => {
    await stage.answerPolls([send(OPEN), () => undefined], post);
    expect(await stage.outcome(stage.connect(["polling"]))).toEqual(["disconnect", "transport error"]);
  });
});

describe("a move to WebSocket", () => {
  it.each([
    ["an answer to no probe", ["3wrong"]],
    ["a message", ['42["a"]']],
    ["an open packet", [OPEN]],
    ["an empty frame", [""]],
    ["an unknown packet", ["9"]],
    ["bytes", [Buffer.from([1])]],
    ["a close", undefined],
  ])("that meets %s leaves the client connected on polling", async (_what, frames) => {
    const polls = [send(withHandshake({ upgrades: ["websocket"] })), send(CONNECT)];
    let release: (() => void) | undefined;
    await stage.answerPolls([...polls, (response) => (release = () => send('42["last"]')(response))]);
    const server = new WebSocketServer({ server: stage.hostile.server });
    server.on("connection", (connection: WebSocket) => {
      connection.on("error", () => undefined);
      if (frames === undefined) connection.close();
      else connection.once("message", () => frames.forEach((frame) => connection.send(frame)));
    });
    const client = stage.connect(["polling", "websocket"]);
    const failed = nextEvent(client.io.engine, "upgradeError");
    await Promise.all([nextEvent(client, "connect"), failed]);
    expect([client.connected, client.io.engine.transport.name]).toEqual([true, "polling"]);
    release?.();
  });

  it("that ends when it is done disconnects the client", async () => {
    const held: ServerResponse[] = [];
    await stage.answerPolls([
      send(withHandshake({ upgrades: ["websocket"] })),
      send(CONNECT),
      (response) => held.push(response),
    ]);
    const server = new WebSocketServer({ server: stage.hostile.server });
    server.on("connection", (connection: WebSocket) => {
      connection.on("message", (data: Buffer) => {
        if (String(data) !== "2probe") return connection.terminate();
        connection.send("3probe");
        for (const response of held) send("6")(response);
      });
    });
    const [reason] = await nextEvent<[string]>(stage.connect(["polling", "websocket"]), "disconnect");
    expect(["transport close", "transport error"]).toContain(reason);
  });
});

describe.each(["websocket", "polling"] as const)("a server that drops its clients over %s", (transport) => {
  /** A client whose waiting times are a minute, as none of them is drawn. */
  const patient = {
    reconnection: true,
    reconnectionDelay: 60_000,
    reconnectionDelayMax: 60_000,
    randomizationFactor: 0,
  };

  /** Long enough for a client that does not wait. */
  async function wait(): Promise<void> {
    for (let n = 0; n < 20; n++) await stage.neighbour.emitWithAck("echo", n);
  }

  it("at once is not asked faster than the back-off", async () => {
    let requests = 0;
    stage.hostile = await openHttpPort((_request, response) => {
      requests++;
      response.destroy();
    });
    stage.hostile.server.on("upgrade", (_request: IncomingMessage, socket: Duplex) => {
      requests++;
      socket.destroy();
    });
    const client = stage.connect([transport], patient);
    await nextEvent(client, "connect_error");
    await wait();
    expect(requests).toBe(1);
    expect(client.active).toBe(true);
  });

  it.each([
    ["behind the open packet", [OPEN]],
    ["when they are connected", [OPEN, CONNECT]],
    ["by a packet that is none", [OPEN, CONNECT, "9"]],
  ])("%s is not asked faster than the back-off", async (_when, frames) => {
    let sessions = 0;
    if (transport === "websocket") {
      await stage.serveWebSockets((connection) => {
        sessions++;
        frames.forEach((frame) => connection.send(frame));
        connection.close();
      });
    } else {
      const body = [...frames, "1"].join("\x1e");
      await stage.answerPolls([(response) => (sessions++, send(body)(response))]);
    }
    const client = stage.connect([transport], patient);
    await nextEvent(client, "disconnect");
    await wait();
    expect(sessions).toBe(1);
    expect(client.active).toBe(true);
  });
});
