/** A day of the messenger: what its users see is the same, whatever packages it runs on. */
import type { AddressInfo } from "node:net";
import { nextEvent, until } from "@telsiz/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import type * as TabModule from "../src/private-messaging/client.ts";
import type * as MessengerModule from "../src/private-messaging/server.ts";

type Tab = TabModule.Tab;

/** Asserts what users of the messenger see. @param load its two sides, which may run on different packages */
export function privateMessagingScenario(
  load: () => Promise<{ server: typeof MessengerModule; client: typeof TabModule }>,
): void {
  let modules: { server: typeof MessengerModule; client: typeof TabModule };
  let messenger: ReturnType<typeof MessengerModule.createMessenger>;
  let url: string;
  let tabs: Tab[];

  beforeEach(async () => {
    modules = await load();
    messenger = modules.server.createMessenger();
    await new Promise<void>((resolve) => messenger.httpServer.listen(0, resolve));
    url = `http://localhost:${(messenger.httpServer.address() as AddressInfo).port}`;
    tabs = [];
  });

  afterEach(async () => {
    for (const { socket } of tabs) socket.disconnect();
    await messenger.io.close();
  });

  /** A tab that is not signed in. @param storage that of the browser; tabs of one browser share it */
  function open(storage: TabModule.Storage = new Map()): Tab {
    const tab = new modules.client.Tab(url, storage);
    tabs.push(tab);
    return tab;
  }

  async function signIn(username: string | undefined, storage?: TabModule.Storage): Promise<Tab> {
    const tab = open(storage);
    const users = nextEvent(tab.socket, "users");
    tab.signIn(username);
    await users;
    return tab;
  }

  const contents = (tab: Tab, username: string): string[] =>
    (tab.find(username)?.messages ?? []).map(({ content }) => content);

  const shows = (tab: Tab, username: string, messages: readonly string[]): Promise<void> =>
    until(() => contents(tab, username).join() === messages.join(), `the messages ${messages.join()}`);

  const isConnected = (tab: Tab, username: string, connected: boolean): Promise<void> =>
    until(() => tab.find(username)?.connected === connected, `${username} is connected: ${connected}`);

  it("refuses who has neither name nor session, with the reason, until there is one", async () => {
    const tab = open();
    tab.signIn();
    await until(() => tab.errors.length === 1, "the refusal");
    expect(tab.errors).toEqual(["invalid username: username"]);
    const users = nextEvent(tab.socket, "users");
    tab.signIn("Ada");
    await users;
    expect(tab.find("Ada")).toMatchObject({ userID: tab.userID, connected: true, messages: [] });
  });

  it("refuses a session that nobody has, as one without name", async () => {
    const tab = open(new Map([["sessionID", "forged"]]));
    tab.signIn();
    await until(() => tab.errors.length === 1, "the refusal");
    expect(tab.errors).toEqual(["invalid username: username"]);
  });

  it("lists who is there, and who comes and goes", async () => {
    const ada = await signIn("Ada");
    const bob = await signIn("Bob");
    expect([...bob.contacts.values()].map(({ username }) => username)).toEqual(["Ada", "Bob"]);
    await isConnected(ada, "Bob", true);
    bob.socket.disconnect();
    await isConnected(ada, "Bob", false);
    bob.signIn();
    await isConnected(ada, "Bob", true);
    expect(ada.log.filter((event) => event.startsWith("user "))).toEqual([
      "user connected",
      "user disconnected",
      "user connected",
    ]);
  });

  it("brings a message to all tabs of both, and to nobody else", async () => {
    const [adas, bobs]: [TabModule.Storage, TabModule.Storage] = [new Map(), new Map()];
    const ada = await signIn("Ada", adas);
    const bob = await signIn("Bob", bobs);
    const cem = await signIn("Cem");
    const [adaToo, bobToo] = [await signIn(undefined, adas), await signIn(undefined, bobs)];
    expect([adaToo.userID, bobToo.userID]).toEqual([ada.userID, bob.userID]);
    expect(modules.server.tabsOf(messenger.io, ada.userID)).toHaveLength(2);
    ada.write(bob.userID, "hello Bob");
    await Promise.all([ada, adaToo].map((tab) => shows(tab, "Bob", ["hello Bob"])));
    await Promise.all([bob, bobToo].map((tab) => shows(tab, "Ada", ["hello Bob"])));
    bobToo.write(ada.userID, "hello Ada");
    await Promise.all([ada, adaToo].map((tab) => shows(tab, "Bob", ["hello Bob", "hello Ada"])));
    await Promise.all([bob, bobToo].map((tab) => shows(tab, "Ada", ["hello Bob", "hello Ada"])));
    expect(cem.log).not.toContain("private message");
    expect(contents(cem, "Ada")).toEqual([]);
  });

  it("takes a user for gone when the last tab is closed", async () => {
    const storage: TabModule.Storage = new Map();
    const first = await signIn("Ada", storage);
    const second = await signIn(undefined, storage);
    const bob = await signIn("Bob");
    first.socket.disconnect();
    second.write(bob.userID, "still here");
    await shows(bob, "Ada", ["still here"]);
    expect(bob.find("Ada")?.connected).toBe(true);
    second.socket.disconnect();
    await isConnected(bob, "Ada", false);
  });

  it("keeps what was written while a user was away", async () => {
    const storage: TabModule.Storage = new Map();
    const ada = await signIn("Ada");
    const bob = await signIn("Bob", storage);
    const cem = await signIn("Cem");
    await isConnected(ada, "Bob", true);
    bob.socket.disconnect();
    await isConnected(ada, "Bob", false);
    ada.write(bob.userID, "are you there?");
    ada.write(bob.userID, "no");
    ada.write(cem.userID, "he is not there");
    await shows(cem, "Ada", ["he is not there"]);
    const back = await signIn(undefined, storage);
    expect(contents(back, "Ada")).toEqual(["are you there?", "no"]);
    expect(back.userID).toBe(bob.userID);
  });

  it("shows who is typing", async () => {
    const ada = await signIn("Ada");
    const bob = await signIn("Bob");
    await isConnected(ada, "Bob", true);
    // It may be dropped while the connection is busy.
    const typing = setInterval(() => bob.socket.emit("typing", ada.userID), 10);
    await until(() => ada.find("Bob")?.typing === true, "Bob is typing");
    clearInterval(typing);
  });

  it("comes back by itself after a lost connection, as the same user, with what was written meanwhile", async () => {
    const ada = await signIn("Ada");
    const bob = await signIn("Bob");
    await isConnected(ada, "Bob", true);
    const users = nextEvent(bob.socket, "users");
    const [tab] = modules.server.tabsOf(messenger.io, bob.userID);
    tab!.conn.close();
    await nextEvent(bob.socket, "disconnect");
    const { userID } = bob;
    bob.write(ada.userID, "from the tunnel");
    await users;
    expect(bob.userID).toBe(userID);
    await shows(ada, "Bob", ["from the tunnel"]);
    await isConnected(ada, "Bob", true);
  });

  it("signs a user out everywhere", async () => {
    const storage: TabModule.Storage = new Map();
    const [first, second] = [await signIn("Ada", storage), await signIn(undefined, storage)];
    const gone = [first, second].map((tab) => nextEvent(tab.socket, "disconnect"));
    modules.server.signOut(messenger.io, first.userID);
    expect((await Promise.all(gone)).map(([reason]) => reason)).toEqual(
      Array(2).fill("io server disconnect"),
    );
    expect([first.socket.active, second.socket.active]).toEqual([false, false]);
  });
}
