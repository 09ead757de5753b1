/** A client that tries WebSocket and polling beside each other, with every request and every answer delayed: one socket at the server. */
import { request, type RequestListener } from "node:http";
import { bounded, nextEvent, type OnUpgrade, refuseUpgrade, until, UpgradeProxy } from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Socket as ClientSocket } from "socket.io-client";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourClient, ourServer } from "../src/peers.ts";

/** What may be held up: the request of a transport, or the answer to it; `cut` breaks the answer off. */
type Gate =
  | "WebSocket asks"
  | "WebSocket answers"
  | "WebSocket cut"
  | "polling asks"
  | "polling answers"
  | "polling cut";

let meeting: Meeting;
let proxy: UpgradeProxy;
let client: ClientSocket;
/** What the server has seen. */
let seen: string[];
/** What came, and what should have. */
let got: unknown[];
let sent: unknown[];
let gates: Map<string, { readonly open: Promise<void>; readonly pass: () => void }>;
/** What has gone through, or come to its end. */
let passed: Set<string>;

function gate(name: string): { readonly open: Promise<void>; readonly pass: () => void } {
  let found = gates.get(name);
  if (found === undefined) {
    let pass = (): void => undefined;
    const open = new Promise<void>((resolve) => (pass = resolve));
    gates.set(name, (found = { open, pass }));
  }
  return found;
}

const holdUpgrade: OnUpgrade = (incoming, socket) => {
  if (incoming.url!.includes("sid=")) {
    const target = proxy.dial(incoming);
    return void target.pipe(socket).pipe(target);
  }
  let target: ReturnType<UpgradeProxy["dial"]> | undefined;
  socket.on("close", () => {
    passed.add("WebSocket answers");
    target?.end();
  });
  socket.resume();
  void gate("WebSocket asks").open.then(() => {
    target = proxy.dial(incoming);
    target.on("error", () => undefined);
    target.once("readable", () => passed.add("WebSocket asks"));
    target.once("close", () => passed.add("WebSocket asks"));
    void gate("WebSocket cut").open.then(() => {
      socket.destroy();
      target!.destroy();
      passed.add("WebSocket cut");
    });
    void gate("WebSocket answers").open.then(() => {
      passed.add("WebSocket answers");
      target!.pipe(socket).pipe(target!);
    });
  });
};

const holdRequest: RequestListener = (incoming, response) => {
  const { url: path, method, headers } = incoming;
  const held = !path!.includes("sid=");
  const wait = (name: string): Promise<void> => (held ? gate(name).open : Promise.resolve());
  void wait("polling asks").then(() => {
    const asked = request({ port: meeting.port, host: "127.0.0.1", path, method, headers }, (answer) => {
      if (held) passed.add("polling asks");
      void wait("polling answers").then(() => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
        if (held) response.on("close", () => passed.add("polling answers"));
      });
      if (!held) return;
      void gate("polling cut").open.then(() => {
        response.destroy();
        answer.destroy();
        passed.add("polling cut");
      });
    });
    asked.on("error", () => response.destroy());
    incoming.pipe(asked);
  });
};

beforeEach(async () => {
  seen = [];
  got = [];
  sent = [];
  gates = new Map();
  passed = new Set();
  meeting = await openMeeting(ourServer, {}, ourClient);
  meeting.io.engine.on("connection", () => seen.push("session"));
  meeting.io.engine.on("connection_error", ({ context }: { context: object }) =>
    seen.push(JSON.stringify(context)),
  );
  meeting.io.on("connection", (socket) => {
    seen.push("socket");
    socket.on("disconnect", (reason) => seen.push(reason));
    socket.on("echo", (value: string, answer: (value: string) => void) => answer(value));
    socket.emit("step", "hello");
    sent.push("hello");
  });
});
afterEach(async () => {
  client.disconnect();
  for (const name of ["WebSocket asks", "WebSocket answers", "polling asks", "polling answers"])
    gate(name).pass();
  await proxy.close();
  await meeting.close();
});

/** Connects while the gates open in this order, and an event is sent after each. */
async function connect(order: readonly Gate[]): Promise<void> {
  client.on("step", (step) => got.push(step));
  for (const name of order) {
    gate(name).pass();
    await until(() => passed.has(name), name);
    if (seen.includes("socket")) sent.push(name);
    meeting.io.emit("step", name);
  }
  await until(() => client.connected, "the connection");
  expect(await bounded(client.emitWithAck("echo", "x"), "an answer")).toBe("x");
}

async function expectOneSocket(): Promise<void> {
  await until(() => meeting.io.engine.clientsCount === 1, "one session");
  await until(() => got.length === sent.length, "the events");
  expect(got).toEqual(sent);
  expect(seen).toEqual(["session", "socket"]);
  expect([...meeting.io.sockets.sockets.keys()]).toEqual([client.id]);
  client.disconnect();
  await until(() => seen.length === 3, "the end");
  expect(seen).toEqual(["session", "socket", "client namespace disconnect"]);
}

const ORDERS: readonly (readonly Gate[])[] = [
  ["WebSocket asks", "WebSocket answers"],
  ["WebSocket asks", "polling asks", "polling answers", "WebSocket answers"],
  ["WebSocket asks", "polling asks", "WebSocket answers", "polling answers"],
  ["polling asks", "WebSocket asks", "polling answers", "WebSocket answers"],
  ["polling asks", "WebSocket asks", "WebSocket answers", "polling answers"],
  ["polling asks", "polling answers", "WebSocket asks"],
  ["WebSocket asks", "WebSocket cut", "polling asks", "polling answers"],
  ["WebSocket asks", "polling asks", "WebSocket cut", "polling answers"],
  ["polling asks", "WebSocket asks", "polling cut", "WebSocket answers"],
];

const ORDERS_AGAIN: readonly (readonly Gate[])[] = [
  ["polling asks", "polling answers"],
  ["polling asks", "WebSocket asks", "WebSocket answers", "polling answers"],
  ["polling asks", "WebSocket asks", "polling answers", "WebSocket answers"],
  ["WebSocket asks", "WebSocket answers", "polling asks"],
  ["polling asks", "polling cut", "WebSocket asks", "WebSocket answers"],
];

function named(order: readonly Gate[]): readonly [string, readonly Gate[]] {
  return [order.join(", "), order];
}

describe.each([
  { upgrade: true },
  { upgrade: false },
  { upgrade: true, auth: { token: "x" } }, // its CONNECT does not come with the handshake
  { upgrade: false, earlyConnect: false },
])("a socket that connects, %o,", (options) => {
  it.each(ORDERS.map(named))("is one: %s", async (_name, order) => {
    proxy = new UpgradeProxy(meeting.port, holdUpgrade, holdRequest);
    client = meeting.client({ ...options, reconnection: false }, await proxy.open());
    await connect(order);
    await expectOneSocket();
  });
});

describe("a socket that connects again, beginning with polling", () => {
  it.each(ORDERS_AGAIN.map(named))("is one: %s", async (_name, order) => {
    let refuses = true;
    const onUpgrade: OnUpgrade = (...request) => (refuses ? refuseUpgrade : holdUpgrade)(...request);
    const onRequest: RequestListener = (...exchange) => holdRequest(...exchange);
    proxy = new UpgradeProxy(meeting.port, onUpgrade, onRequest);
    gate("polling asks").pass();
    gate("polling answers").pass();
    client = meeting.client({ upgrade: false, reconnectionDelay: 1 }, await proxy.open());
    await nextEvent(client, "connect");
    refuses = false;
    gates = new Map();
    passed = new Set();
    client.io.engine.close();
    await until(() => meeting.io.engine.clientsCount === 0, "the end of the first");
    seen = [];
    sent = [];
    got = [];
    client.off("step");
    await connect(order);
    await expectOneSocket();
  });
});
