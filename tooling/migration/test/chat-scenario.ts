/** An evening in the chat: what its users see is the same, whatever packages the chat runs on. */
import type { AddressInfo } from "node:net";
import { compileFunction } from "node:vm";
import { nextEvent, until } from "@telsiz/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import type * as ChatClientModule from "../src/chat/client.ts";
import type * as ChatServerModule from "../src/chat/server.ts";

type Chatter = ChatClientModule.Chatter;

/** Asserts what users of the chat see. @param load the chat's two sides, which may run on different packages */
export function chatScenario(
  load: () => Promise<{ server: typeof ChatServerModule; client: typeof ChatClientModule }>,
): void {
  let chat: ReturnType<typeof ChatServerModule.createChat>;
  let rollCall: typeof ChatServerModule.rollCall;
  let join: (name?: string) => Chatter;
  let chatters: Chatter[];
  let url: string;

  beforeEach(async () => {
    const { server, client } = await load();
    chat = server.createChat();
    rollCall = server.rollCall;
    await new Promise<void>((resolve) => chat.httpServer.listen(0, resolve));
    url = `http://localhost:${(chat.httpServer.address() as AddressInfo).port}`;
    chatters = [];
    join = (name) => {
      const chatter = client.joinChat(url, name);
      chatters.push(chatter);
      return chatter;
    };
  });

  afterEach(async () => {
    for (const { socket } of chatters) socket.disconnect();
    await chat.io.close();
  });

  async function joined(name: string): Promise<Chatter> {
    const chatter = join(name);
    await nextEvent(chatter.socket, "connect");
    return chatter;
  }

  const shows = (chatter: Chatter, lines: readonly string[]): Promise<void> =>
    until(() => lines.every((line) => chatter.lines.includes(line)), `the lines ${lines.join(", ")}`);

  it("shows messages to everybody, in one order, and the old ones to who comes late", async () => {
    const ada = await joined("Ada");
    const bob = await joined("Bob");
    ada.say("hello");
    await shows(bob, ["Ada: hello"]);
    bob.say("hi");
    bob.say("how are you?");
    await shows(ada, ["Bob: how are you?"]);
    expect(ada.lines).toEqual(["Bob joined", "Ada: hello", "Bob: hi", "Bob: how are you?"]);
    const cem = await joined("Cem");
    await shows(cem, ["Ada: hello", "Bob: hi", "Bob: how are you?"]);
    await shows(ada, ["Cem joined"]);
  });

  it("refuses who has no name", async () => {
    const nobody = join();
    await shows(nobody, ["! who are you?"]);
    expect(nobody.socket.active).toBe(false);
  });

  it("says who left, and how", async () => {
    const ada = await joined("Ada");
    const bob = await joined("Bob");
    bob.socket.disconnect();
    await shows(ada, ["Bob left: client namespace disconnect"]);
  });

  it("shows who is typing", async () => {
    const ada = await joined("Ada");
    const bob = await joined("Bob");
    // It may be dropped while the connection is busy.
    const typing = setInterval(() => bob.socket.volatile.emit("typing", true), 10);
    await until(() => ada.typing.has("Bob"), "Bob is typing");
    clearInterval(typing);
  });

  it("keeps what is said in a room to the room", async () => {
    const [ada, bob, cem] = [await joined("Ada"), await joined("Bob"), await joined("Cem")];
    expect(await ada.socket.emitWithAck("enter room", "kitchen")).toBe(1);
    expect(await bob.socket.emitWithAck("enter room", "kitchen")).toBe(2);
    await bob.socket.emitWithAck("room message", "kitchen", "tea?");
    await shows(ada, ["Bob in kitchen: tea?"]);
    await ada.socket.emitWithAck("leave room", "kitchen");
    await ada.socket.emitWithAck("room message", "kitchen", "bye");
    await shows(bob, ["Bob in kitchen: tea?", "Ada in kitchen: bye"]);
    cem.say("done");
    await Promise.all([shows(ada, ["Cem: done"]), shows(cem, ["Cem: done"])]);
    expect(ada.lines.filter((line) => line.includes("kitchen"))).toEqual(["Bob in kitchen: tea?"]);
    expect(cem.lines.filter((line) => line.includes("kitchen"))).toEqual([]);
  });

  it("sends pictures, and confirms them", async () => {
    const [ada, bob] = [await joined("Ada"), await joined("Bob")];
    const bytes = Uint8Array.from({ length: 50_000 }, (_, n) => n % 256);
    expect(await ada.socket.timeout(5000).emitWithAck("picture", "cat.png", bytes)).toEqual({
      bytes: 50_000,
    });
    await until(() => bob.pictures.length === 1, "the picture");
    const [[from, name, received]] = bob.pictures as [[string, string, Uint8Array]];
    expect([from, name, Buffer.from(bytes).equals(received)]).toEqual(["Ada", "cat.png", true]);
  });

  it("hears from everybody in a roll call", async () => {
    await joined("Ada");
    await joined("Bob");
    expect((await rollCall(chat.io)).sort()).toEqual(["Ada", "Bob"]);
  });

  it("misses nothing when a connection is lost, neither way", async () => {
    const [ada, bob] = [await joined("Ada"), await joined("Bob")];
    ada.say("before");
    await shows(bob, ["Ada: before"]);
    const { id } = bob.socket;
    const again = nextEvent(bob.socket, "connect");
    chat.io.sockets.sockets.get(id!)!.conn.close();
    await nextEvent(bob.socket, "disconnect");
    ada.say("meanwhile");
    bob.say("from afar");
    await again;
    await shows(bob, ["Ada: before", "Ada: meanwhile", "Bob: from afar"]);
    await shows(ada, ["Ada: before", "Ada: meanwhile", "Bob: from afar"]);
    expect(bob.socket.recovered).toBe(true);
    expect(bob.socket.id).toBe(id);
    for (const { lines } of [ada, bob]) expect(new Set(lines).size).toBe(lines.length);
    expect(chat.messages.length).toBe(3);
  });

  it("serves a page, and the client that its script tag names", async () => {
    expect(await (await fetch(url)).text()).toContain('<script src="/socket.io/socket.io.js">');
    const script = await fetch(`${url}/socket.io/socket.io.js`);
    expect([script.status, script.headers.get("content-type")]).toEqual([
      200,
      "application/javascript; charset=utf-8",
    ]);
    // A global `io` for pages, and a module for Node.js.
    const module = { exports: {} as { io?: unknown } };
    compileFunction(await script.text(), ["module", "exports"])(module, module.exports);
    expect(module.exports.io).toBeTypeOf("function");
    // The first who asks for it has the client bundled.
  }, 60_000);
}
