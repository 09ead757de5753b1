/** How our client finds its transport: against both servers, and against what stands between. */
import { type RequestListener, request } from "node:http";
import {
  bounded,
  nextEvent,
  type OnUpgrade,
  openHttpPort,
  refuseUpgrade,
  swallowUpgrade,
  until,
  UpgradeProxy,
} from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Socket as ClientSocket } from "socket.io-client";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourClient, ourServer, stockServer } from "../src/peers.ts";

describe.each([stockServer, ourServer])("against $name", (kind) => {
  let meeting: Meeting;
  let client: ClientSocket;
  let proxy: UpgradeProxy | undefined;
  /** What the server has seen: sessions of the engine that began and ended, and sockets. */
  let seen: string[];

  beforeEach(() => {
    proxy = undefined;
    seen = [];
  });
  afterEach(async () => {
    client.disconnect();
    await proxy?.close();
    await meeting.close();
  });

  async function start(options: object = {}): Promise<void> {
    meeting = await openMeeting(kind, options, ourClient);
    meeting.io.engine.on("connection", (conn: { transport: { name: string } }) => {
      seen.push(`session on ${conn.transport.name}`);
    });
    meeting.io.on("connection", () => seen.push("socket"));
  }

  async function through(onUpgrade: OnUpgrade, onRequest?: RequestListener): Promise<string> {
    proxy = new UpgradeProxy(meeting.port, onUpgrade, onRequest);
    return proxy.open();
  }

  /** Connects, and writes down all that is said about it. */
  async function connected(address: string, options: object = {}): Promise<string[]> {
    const told: string[] = [];
    client = meeting.client(options, address);
    client.on("connect_error", (error) => told.push(error.message));
    client.io.on("error", (error) => told.push(error.message));
    await nextEvent(client, "connect");
    expect(await bounded(answered(), "an answer")).toBe("x");
    return told;
  }

  function answered(): Promise<string> {
    meeting.io.sockets.sockets.forEach((socket) => {
      socket.removeAllListeners("echo");
      socket.on("echo", (value: string, answer: (value: string) => void) => answer(value));
    });
    return client.emitWithAck("echo", "x");
  }

  const transport = (): string => client.io.engine.transport.name;

  it("is on WebSocket at once, with one session", async () => {
    await start();
    expect(await connected(meeting.url)).toEqual([]);
    expect([transport(), seen]).toEqual(["websocket", ["session on websocket", "socket"]]);
  });

  it("stays on polling with a server that has nothing else, and says nothing of it", async () => {
    await start({ transports: ["polling"] });
    expect(await connected(meeting.url)).toEqual([]);
    expect([transport(), seen]).toEqual(["polling", ["session on polling", "socket"]]);
  });

  it("is on polling where WebSockets are refused on the way", async () => {
    await start();
    expect(await connected(await through(refuseUpgrade))).toEqual([]);
    expect([transport(), seen, meeting.io.engine.clientsCount]).toEqual([
      "polling",
      ["session on polling", "socket"],
      1,
    ]);
  });

  it("is on polling where WebSockets are never answered", async () => {
    await start();
    expect(await connected(await through(swallowUpgrade))).toEqual([]);
    expect([transport(), seen]).toEqual(["polling", ["session on polling", "socket"]]);
  });

  it("begins with polling at the next connection, where that was it", async () => {
    await start();
    const address = await through(refuseUpgrade);
    await connected(address);
    expect(proxy!.handshakes).toEqual(["websocket", "polling"]);
    client.io.engine.close();
    await nextEvent(client, "connect");
    expect(proxy!.handshakes).toEqual(["websocket", "polling", "polling"]);
  });

  it("leaves no session behind where a WebSocket is slow and polling wins", async () => {
    await start();
    // The request arrives, the answer is late: the server has made a session that the client never hears of.
    const slow: OnUpgrade = (incoming, socket) => {
      const target = proxy!.dial(incoming);
      socket.on("end", () => target.destroy()).resume();
    };
    expect(await connected(await through(slow), { upgrade: false, earlyConnect: false })).toEqual([]);
    const sessions = kind.ours ? ["session on websocket"] : ["session on websocket", "session on polling"];
    expect([transport(), seen]).toEqual(["polling", [...sessions, "socket"]]);
    await until(() => meeting.io.engine.clientsCount === 1, "the other session to end");
    expect(meeting.io.sockets.sockets.size).toBe(1);
  });

  it("leaves no session behind where polling is slow and the WebSocket wins", async () => {
    await start();
    let answerPolling = (): void => undefined;
    const pass: OnUpgrade = (incoming, socket) => {
      // Not before polling has asked, too.
      answerPolling = (): void => {
        const target = proxy!.dial(incoming);
        socket.on("close", () => target.destroy());
        target.pipe(socket).pipe(target);
      };
    };
    let answers = 0;
    const late: RequestListener = (incoming, response) => {
      const passed = request(
        {
          port: meeting.port,
          host: "127.0.0.1",
          path: incoming.url,
          method: incoming.method,
          headers: incoming.headers,
        },
        (answer) => {
          answers++;
          // The session on polling is there; its client has chosen the other meanwhile.
          const reply = (): void => void answer.pipe(response.writeHead(answer.statusCode!, answer.headers));
          if (incoming.method === "GET") {
            answerPolling();
            void nextEvent(client, "connect").then(reply);
          } else {
            reply();
          }
        },
      );
      passed.on("error", () => response.destroy());
      incoming.pipe(passed);
    };
    expect(await connected(await through(pass, late), { earlyConnect: false })).toEqual([]);
    expect(transport()).toBe("websocket");
    // A server of Socket.IO is told the end of the other session by a request.
    const expected = kind.ours ? 1 : 2;
    await until(() => answers === expected && meeting.io.engine.clientsCount === 1, "one session");
    const sessions = kind.ours ? ["session on polling"] : ["session on polling", "session on websocket"];
    expect(seen).toEqual([...sessions, "socket"]);
  });

  it("moves up from polling as soon as WebSockets pass", async () => {
    await start();
    let refused = 0;
    const once: OnUpgrade = (incoming, socket) => {
      if (refused++ === 0) return refuseUpgrade(incoming, socket);
      const target = proxy!.dial(incoming);
      target.pipe(socket).pipe(target);
    };
    expect(await connected(await through(once))).toEqual([]);
    await until(() => transport() === "websocket", "the upgrade");
    expect(seen).toEqual(["session on polling", "socket"]);
  });

  it("keeps the classic order where it is asked for", async () => {
    await start();
    const address = await through(refuseUpgrade);
    expect(await connected(address, { transports: ["polling", "websocket"] })).toEqual([]);
    expect([transport(), proxy!.handshakes]).toEqual(["polling", ["polling"]]);
  });

  it("tries the others in their order with tryAllTransports, and only then", async () => {
    await start();
    const address = await through(refuseUpgrade);
    const transports = ["websocket", "polling"];
    expect(await connected(address, { transports, tryAllTransports: true })).toEqual([]);
    expect([transport(), proxy!.handshakes]).toEqual(["polling", ["websocket", "polling"]]);
    client.disconnect();
    client = meeting.client({ transports, reconnection: false }, address);
    const [error] = await nextEvent<[Error]>(client, "connect_error");
    expect(error).toMatchObject({ message: "websocket error", type: "TransportError" });
  });

  it("fails with one error that names both, where nothing passes", async () => {
    await start();
    const address = await through(refuseUpgrade, (_incoming, response) => void response.writeHead(502).end());
    const told: Error[] = [];
    client = meeting.client({ reconnection: false }, address);
    client.on("connect_error", (error) => told.push(error));
    await nextEvent(client, "connect_error");
    expect(told).toMatchObject([
      {
        message: "xhr poll error",
        type: "TransportError",
        description: 502,
        cause: { message: "websocket error, xhr poll error", errors: [{}, {}] },
      },
    ]);
  });

  it("fails with one timeout where nothing is ever answered", async () => {
    await start();
    const address = await through(swallowUpgrade, () => undefined);
    client = meeting.client({ reconnection: false, timeout: 600 }, address);
    const [error] = await nextEvent<[Error]>(client, "connect_error");
    expect([error.message, proxy!.handshakes]).toEqual(["timeout", ["websocket", "polling"]]);
  });

  it("fails where nobody listens", async () => {
    await start();
    const free = await openHttpPort();
    await free.close();
    client = meeting.client({ reconnection: false }, free.url);
    const [error] = await nextEvent<[Error]>(client, "connect_error");
    expect(error.message).toBe("xhr poll error");
  });
});
