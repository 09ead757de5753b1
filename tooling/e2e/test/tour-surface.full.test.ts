import type { Manager, Socket as ClientSocket } from "@telsiz/client";
import type { BroadcastOperator, Namespace, Server, Socket } from "@telsiz/server";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { noChromium } from "../src/chromium.ts";
import { openDemo } from "../src/demo.ts";

/**
 * All that users may call and read of a class. A new member does not compile until it stands below, and then the tour
 * has to call it: add a check to apps/chat/src/tour/surface/server-checks.ts or client-checks.ts.
 */
type MembersOf<T> = Record<Exclude<keyof T, symbol | `_${string}`>, true>;
/** What the engine alone calls of its manager. */
type EngineHandler =
  | "onAttempt"
  | "onClose"
  | "onDrain"
  | "onError"
  | "onGiveUp"
  | "onHandlerError"
  | "onMessage"
  | "onOpen"
  | "onPing";
type Events = Record<string, () => void>;

const LISTENERS = {
  addEventListener: true,
  addListener: true,
  eventNames: true,
  getMaxListeners: true,
  hasListeners: true,
  listenerCount: true,
  listeners: true,
  off: true,
  on: true,
  once: true,
  prependListener: true,
  prependOnceListener: true,
  rawListeners: true,
  removeAllListeners: true,
  removeEventListener: true,
  removeListener: true,
  setMaxListeners: true,
} as const;
const CATCH_ALL = {
  listenersAny: true,
  listenersAnyOutgoing: true,
  offAny: true,
  offAnyOutgoing: true,
  onAny: true,
  onAnyOutgoing: true,
  prependAny: true,
  prependAnyOutgoing: true,
} as const;
const BROADCAST = {
  allSockets: true,
  compress: true,
  disconnectSockets: true,
  emit: true,
  emitWithAck: true,
  except: true,
  fetchSockets: true,
  in: true,
  latest: true,
  local: true,
  send: true,
  socketsJoin: true,
  socketsLeave: true,
  timeout: true,
  to: true,
  volatile: true,
} as const;

const SERVER: MembersOf<Server<Events>> = {
  ...LISTENERS,
  ...BROADCAST,
  adapter: true,
  attach: true,
  bind: true,
  close: true,
  connectTimeout: true,
  drain: true,
  encoder: true,
  engine: true,
  httpServer: true,
  listen: true,
  of: true,
  onconnection: true,
  path: true,
  serveClient: true,
  serverSideEmit: true,
  serverSideEmitWithAck: true,
  sockets: true,
  use: true,
  write: true,
};
const NAMESPACE: MembersOf<Namespace<Events>> = {
  ...LISTENERS,
  ...BROADCAST,
  adapter: true,
  name: true,
  server: true,
  serverSideEmit: true,
  serverSideEmitWithAck: true,
  sockets: true,
  use: true,
  write: true,
};
const OPERATOR: MembersOf<BroadcastOperator<Events, unknown>> = BROADCAST;
const SOCKET: MembersOf<Socket<Events>> = {
  ...LISTENERS,
  ...CATCH_ALL,
  broadcast: true,
  bufferedAmount: true,
  client: true,
  compress: true,
  conn: true,
  connected: true,
  data: true,
  disconnect: true,
  disconnected: true,
  drained: true,
  emit: true,
  emitWithAck: true,
  except: true,
  handle: true,
  handshake: true,
  id: true,
  in: true,
  join: true,
  latest: true,
  leave: true,
  local: true,
  nsp: true,
  recovered: true,
  request: true,
  rooms: true,
  send: true,
  timeout: true,
  to: true,
  use: true,
  volatile: true,
  write: true,
};
const CLIENT: MembersOf<ClientSocket<Events>> = {
  ...LISTENERS,
  ...CATCH_ALL,
  active: true,
  auth: true,
  bufferedAmount: true,
  close: true,
  compress: true,
  connect: true,
  connected: true,
  disconnect: true,
  disconnected: true,
  emit: true,
  emitWithAck: true,
  handle: true,
  id: true,
  io: true,
  nsp: true,
  open: true,
  receiveBuffer: true,
  recovered: true,
  send: true,
  sendBuffer: true,
  timeout: true,
  volatile: true,
};
const MANAGER: Omit<MembersOf<Manager<Events>>, EngineHandler> = {
  ...LISTENERS,
  connect: true,
  emit: true,
  engine: true,
  nsps: true,
  open: true,
  opts: true,
  randomizationFactor: true,
  reconnection: true,
  reconnectionAttempts: true,
  reconnectionDelay: true,
  reconnectionDelayMax: true,
  socket: true,
  timeout: true,
};

describe.skipIf(noChromium)("the whole surface, in the tour", { timeout: 120_000 }, () => {
  const demo = openDemo();
  let page: Page;
  beforeAll(async () => {
    page = await demo.browser.newPage();
    await page.goto(`${demo.chat.url}/tour`);
    await page.locator("#prove-all").click();
    await page.locator("[data-members]:not([data-checks='0'])").waitFor({ timeout: 100_000 });
    await page.getByRole("button", { name: "Prove them all" }).waitFor();
  }, 120_000);

  it("comes out as expected in every check", async () => {
    const failed = page.locator('[data-check][data-passed="false"]');
    expect(await failed.allTextContents()).toEqual([]);
    expect(await page.locator("[data-check]").count()).toBeGreaterThan(40);
    expect(await page.locator(".surface .problem").textContent()).toBe("");
  });

  it.each([
    ["Server", SERVER],
    ["Namespace", NAMESPACE],
    ["BroadcastOperator", OPERATOR],
    ["Socket", SOCKET],
    ["Client", CLIENT],
    ["Manager", MANAGER],
  ])("leaves out no member of %s", async (name, members) => {
    const called = new Set(await calledMembers());
    expect(Object.keys(members).filter((member) => !called.has(`${name}.${member}`))).toEqual([]);
  });

  it("calls io", async () => {
    expect(await calledMembers()).toContain("io");
  });

  it("shows the code of each check", async () => {
    const code = await page.locator(".checks pre").allTextContents();
    expect(code.filter((text) => !/^(?:async )?run\b/.test(text))).toEqual([]);
  });

  async function calledMembers(): Promise<string[]> {
    return (await page.locator("[data-members]").getAttribute("data-members"))!.split(" ");
  }
});
