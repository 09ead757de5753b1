import { io, type Socket } from "@telsiz/client";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RefusedConnection, whyRefused } from "../src/client/connection.ts";
import { type Refusal, sentenceOf } from "../src/client/requests.ts";
import { chat as contract } from "../src/contract.ts";
import { directRoom } from "../src/direct-room.ts";
import { createChat, type Chat } from "../src/server/create-chat.ts";

describe("the chat server", () => {
  let chat: Chat;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    chat = await createChat({ port: 0 });
  });
  afterAll(() => chat.close());
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });

  /** A client without the contract: it may send anything, and gets errors as values, like that of Socket.IO. */
  function visit(auth: unknown, namespace = ""): Socket {
    const socket = io(chat.url + namespace, { auth: auth as object, forceNew: true, reconnection: false });
    sockets.push(socket);
    return socket;
  }
  const secret = (digit: string): string => digit.repeat(32);
  const refusal = (socket: Socket): Promise<RefusedConnection> =>
    new Promise((resolve) => socket.once("connect_error", resolve));
  const connected = (socket: Socket): Promise<void> =>
    new Promise((resolve) => (socket.connected ? resolve() : socket.once("connect", resolve)));

  const enter = (name: string, digit: string): Socket => visit({ name, secret: secret(digit) });
  const enterWithContract = (name: string, digit: string) => {
    const socket = io(chat.url, { contract, auth: { name, secret: secret(digit) }, forceNew: true });
    sockets.push(socket);
    return socket;
  };
  /** The first argument of the next such event, or of the next one that `accept` likes. */
  const next = (socket: Socket, event: string, accept = (_value: any): boolean => true): Promise<any> =>
    new Promise((resolve) => socket.on(event, (value) => accept(value) && resolve(value)));
  const listed = async (socket: Socket): Promise<{ rooms: string[] }> => ({
    rooms: (await next(socket, "rooms")).map(({ name }: { name: string }) => name),
  });
  /** The code of an error that came in place of an answer, and the sentence that a page makes of it. */
  const whyNot = ({ error }: { error: Refusal }): string[] => [error.code, sentenceOf(error)];

  const noName = "A name has 1 to 24 visible characters.";
  it.each([
    ["nothing", undefined, /Expected "name"/],
    ["no name", { secret: secret("a") }, /Expected "name"/],
    ["a blank name", { name: "  ", secret: secret("a") }, noName],
    ["a long name", { name: "x".repeat(25), secret: secret("a") }, noName],
    ["an invisible name", { name: "a\u202eb", secret: secret("a") }, noName],
    ["a number for a name", { name: 7, secret: secret("a") }, noName],
    ["a short secret", { name: "Ada", secret: "abc" }, "A key has 32 hexadecimal digits."],
  ])("refuses %s as credentials", async (_what, auth, sentence) => {
    const error = await refusal(visit(auth));
    expect(error.data).toMatchObject({ code: "INVALID" });
    expect(whyRefused(error)).toMatch(sentence);
  });

  it("refuses a name that somebody has, and lets a second window of the same person in", async () => {
    const first = visit({ name: "Ada", secret: secret("a") });
    await connected(first);
    const other = await refusal(visit({ name: "ADA", secret: secret("b") }));
    expect([other.message, other.data]).toEqual([
      "Somebody here is called ADA already.",
      { code: "NAME_TAKEN" },
    ]);
    const second = visit({ name: "Ada", secret: secret("a") });
    const { me } = await next(second, "welcome");
    expect([me.name, me.presence, first.connected]).toEqual(["Ada", "online", true]);
  });

  it("gives another name on the same connection, to all windows, unless it is taken", async () => {
    const [ada, second] = [enter("Ada", "a"), enter("Ada", "a")];
    await connected(enter("Bora", "b"));
    await connected(second);
    const told = next(second, "person", ({ name }) => name === "Adile");
    expect(whyNot(await ada.emitWithAck("rename", "bora"))).toEqual([
      "NAME_TAKEN",
      "Somebody here is called bora already.",
    ]);
    expect(await ada.emitWithAck("rename", " Adile ")).toMatchObject({ name: "Adile" });
    expect((await told).presence).toBe("online");
    await ada.emitWithAck("join", "den", 0);
    await ada.emitWithAck("message", { room: "den", key: secret("1"), text: "It is me" });
    expect((await ada.emitWithAck("search", "It is me"))[0].from).toBe("Adile");
  });

  const noRoom = "A room's name has 1 to 32 letters, digits, spaces or dashes.";
  const draft = (change: object): unknown[] => [
    "message",
    { room: "den", key: secret("2"), text: "hi", ...change },
  ];
  const bytes = Buffer.of(1, 2);

  it.each<[string, unknown[], code: string, sentence: string | RegExp]>([
    ["a room with markup", ["join", "<b>", 0], "INVALID", noRoom],
    ["a room that is no text", ["join", { room: 1 }, 0], "INVALID", noRoom],
    ["a negative number", ["join", "lobby", -1], "INVALID", "A number was expected here."],
    ["more than was asked for", ["join", "lobby", 0, 0], "INVALID", "at most 2 arguments are taken"],
    ["an event that nobody knows", ["shutdown"], "UNKNOWN_EVENT", "The server could not do this."],
    ["a message to a room not joined", draft({ room: "lobby" }), "NOT_IN_ROOM", "Join the room first."],
    ["an empty message", draft({ text: " " }), "INVALID", "There is nothing in this message."],
    [
      "a long message",
      draft({ text: "x".repeat(2001) }),
      "INVALID",
      "A message has at most 2000 characters.",
    ],
    ["a message without a key", draft({ key: undefined }), "INVALID", /Expected "key"/],
    ["a strange key", draft({ key: "../../x" }), "INVALID", "A key has 32 hexadecimal digits."],
    ["no message at all", ["message", null], "INVALID", /Expected Object/],
    [
      "an answer to nothing",
      draft({ replyTo: 999_999 }),
      "NO_SUCH_MESSAGE",
      "There is no such message to answer.",
    ],
    [
      "a file that did not come",
      draft({ file: { name: "a", type: "text/plain", size: 5 } }),
      "FILE_MISSING",
      "The file has not come through: try again.",
    ],
    [
      "a file without a name",
      draft({ file: { name: "", type: "text/plain", size: 5 } }),
      "INVALID",
      "A file's name has 1 to 120 characters.",
    ],
    ["a large file", ["piece", secret("3"), 8_000_001, 0, bytes], "INVALID", "A file has at most 8 MB."],
    ["an empty file", ["piece", secret("3"), 0, 0, bytes], "INVALID", "This file is empty."],
    ["text for a piece", ["piece", secret("3"), 9, 0, "no"], "INVALID", "Bytes were expected here."],
    [
      "a piece too large",
      ["piece", secret("3"), 9, 0, Buffer.alloc(128_001)],
      "INVALID",
      "A piece of a file has at most 128000 bytes.",
    ],
    [
      "a piece beyond the end",
      ["piece", secret("3"), 1, 0, bytes],
      "WRONG_FILE",
      "This piece is of another file.",
    ],
    ["a file from nowhere", ["file", 999_999], "NO_SUCH_FILE", "There is no such file."],
    ["an edit of nothing", ["edit", 999_999, "hi"], "NO_SUCH_MESSAGE", "There is no such message."],
    ["a strange reaction", ["react", 1, "<b>", true], "INVALID", "There is no such reaction."],
    ["a search for nothing", ["search", " a "], "INVALID", "Search for 2 to 100 characters."],
    ["messages of a room not joined", ["older", "lobby", 5], "NOT_IN_ROOM", "Join the room first."],
    [
      "a room that is there",
      ["create", "lobby", true],
      "ROOM_TAKEN",
      "There is a room called lobby already.",
    ],
    [
      "a false invitation",
      ["redeem", "den", "abc"],
      "BAD_INVITE",
      "This invitation is not, or no longer, valid.",
    ],
    ["a long name", ["rename", "x".repeat(25)], "INVALID", noName],
    ["strange mischief", ["mischief", "rm"], "INVALID", "Nobody knows how to do that."],
    [
      "a conversation of others",
      ["join", `@${"0".repeat(16)}.${"1".repeat(16)}`, 0],
      "NO_SUCH_ROOM",
      "There is no such conversation.",
    ],
  ])("turns down %s, and goes on", async (_what, [event, ...args], code, sentence) => {
    const socket = enter("Bora", "b");
    await socket.emitWithAck("join", "den", 0);
    const [given, said] = whyNot(await socket.emitWithAck(event as string, ...args));
    expect(given).toBe(code);
    expect(said).toMatch(sentence);
    expect(await socket.emitWithAck("probe")).toBeUndefined();
  });

  it("gives whoever has the contract an error to tell apart by its code", async () => {
    await connected(enter("Bora", "b"));
    const ada = enterWithContract("Ada", "a");
    const error: unknown = await ada.emitWithAck("rename", "Bora").catch((reason: unknown) => reason);
    if (!contract.isAckError("rename", error)) throw error;
    expect([error.code, error.data]).toEqual(["NAME_TAKEN", "Somebody here is called Bora already."]);
  });

  it("has pages that take nothing from a server but what the contract says", async () => {
    const ada = enterWithContract("Ada", "a");
    await new Promise<void>((resolve) => ada.once("connect", resolve));
    const heard: unknown[] = [];
    ada.on("joined", (membership) => heard.push(membership));
    const turnedDown = new Promise<string>((resolve) => {
      ada.io.once("invalid_event", ({ event }) => resolve(event));
    });
    chat.io.emit("joined", { room: "<b>", unread: 1 });
    expect(await turnedDown).toBe("joined");
    expect(heard).toEqual([]);
  });

  it("keeps a private room to those who were invited, and its files inside", async () => {
    const [ada, bora] = [enter("Ada", "a"), enter("Bora", "b")];
    const invite = await ada.emitWithAck("create", "hideout", true);
    expect(await ada.emitWithAck("join", "hideout", 0)).toMatchObject({ invite });
    await ada.emitWithAck("piece", secret("6"), 2, 0, bytes);
    const file = { name: "dot.png", type: "image/png", size: 2 };
    const { id } = await ada.emitWithAck("message", { room: "hideout", key: secret("6"), text: "", file });

    const askNicely = "hideout is by invitation: ask somebody inside for its link.";
    expect(whyNot(await bora.emitWithAck("join", "hideout", 0))).toEqual(["INVITED_ONLY", askNicely]);
    expect(whyNot(await bora.emitWithAck("file", id))).toEqual(["NO_SUCH_FILE", "There is no such file."]);
    expect(await bora.emitWithAck("redeem", "hideout", invite)).toBeNull();
    expect(await bora.emitWithAck("join", "hideout", 0)).toMatchObject({ messages: [{ id }] });
    expect(await bora.emitWithAck("file", id)).toEqual(bytes);
    bora.disconnect();
    const { rooms } = await listed(enter("Cem", "c"));
    expect(rooms).not.toContain("hideout");
  });

  it("opens a room of two in the windows of both, with what is unread", async () => {
    const [ada, bora] = [enter("Ada", "a"), enter("Bora", "b")];
    const ids = await Promise.all([ada, bora].map(async (socket) => (await next(socket, "welcome")).me.id));
    const room = directRoom(ids[0], ids[1]);
    await ada.emitWithAck("join", room, 0);
    const joined = next(bora, "joined");
    await ada.emitWithAck("message", { room, key: secret("7"), text: "Just for you" });
    expect(await joined).toEqual({ room, unread: 1 });
    expect((await bora.emitWithAck("join", room, 0)).messages).toMatchObject([{ text: "Just for you" }]);
    const cem = enter("Cem", "c");
    expect(whyNot(await cem.emitWithAck("join", room, 0))[0]).toBe("NO_SUCH_ROOM");
  });

  it("lets a message be changed by its author alone, and tells everybody", async () => {
    const [ada, bora] = [enter("Ada", "a"), enter("Bora", "b")];
    for (const socket of [ada, bora]) await socket.emitWithAck("join", "den", 0);
    const { id } = await ada.emitWithAck("message", { room: "den", key: secret("8"), text: "Helo" });
    const strange = ["NOT_YOURS", "This message is somebody else's."];
    expect(whyNot(await bora.emitWithAck("edit", id, "Mine"))).toEqual(strange);
    expect(whyNot(await bora.emitWithAck("remove", id))).toEqual(strange);
    const edited = next(bora, "changed");
    await ada.emitWithAck("edit", id, "Hello");
    expect(await edited).toMatchObject({ id, text: "Hello" });
    const felt = next(ada, "changed", ({ reactions }) => "👍" in reactions);
    await bora.emitWithAck("react", id, "👍", true);
    expect((await felt).reactions["👍"]).toHaveLength(1);
    const removed = next(bora, "changed", ({ isRemoved }) => isRemoved);
    await ada.emitWithAck("remove", id);
    expect(await removed).toMatchObject({ text: "", reactions: {} });
    expect(whyNot(await ada.emitWithAck("edit", id, "Back"))).toEqual(["GONE", "This message is gone."]);
  });

  it("takes a file in pieces, and says where to go on", async () => {
    const ada = enter("Ada", "a");
    await ada.emitWithAck("join", "den", 0);
    const piece = (offset: number, ...content: number[]): Promise<unknown> =>
      ada.emitWithAck("piece", secret("9"), 4, offset, Buffer.from(content));
    expect(await piece(0, 1, 2)).toBe(2);
    expect(await piece(0, 1, 2)).toBe(2);
    expect(await piece(2, 3, 4)).toBe(4);
    const file = { name: "four", type: "", size: 4 };
    const message = { room: "den", key: secret("9"), text: "", file };
    const { id } = await ada.emitWithAck("message", message);
    expect(await ada.emitWithAck("message", message)).toMatchObject({ id });
    expect(await ada.emitWithAck("file", id)).toEqual(Buffer.of(1, 2, 3, 4));
  });

  it("gives a page that was away what came and what changed", async () => {
    const ada = enter("Ada", "a");
    await ada.emitWithAck("join", "attic", 0);
    const say = (digit: string, text: string): Promise<{ id: number; revision: number }> =>
      ada.emitWithAck("message", { room: "attic", key: secret(digit), text });
    const first = await say("a", "one");
    const second = await say("b", "two");
    await ada.emitWithAck("edit", first.id, "uno");
    await say("c", "three");
    const { messages, isFresh } = await ada.emitWithAck("join", "attic", second.revision);
    expect(messages.map(({ text }: { text: string }) => text)).toEqual(["uno", "three"]);
    expect(isFresh).toBe(false);
  });

  it("turns down a flood, request by request, and goes on with others", async () => {
    const [ada, bora] = [enter("Ada", "a"), enter("Bora", "b")];
    await connected(bora);
    const answers = await Promise.all(Array.from({ length: 400 }, () => ada.emitWithAck("probe")));
    const outcomes = new Set(answers.map((answer) => answer && whyNot(answer).join(": ")));
    expect([...outcomes]).toEqual([undefined, "RATE_LIMITED: That is too much at once: wait a moment."]);
    expect(await bora.emitWithAck("probe")).toBeUndefined();
  });

  it("marks who has been left alone, and who has gone", async () => {
    const [ada, bora] = [enter("Ada", "a"), enter("Bora", "b")];
    await connected(ada);
    await connected(bora);
    const idle = next(ada, "person", ({ name, presence }) => name === "Bora" && presence === "idle");
    bora.emit("idle", true);
    await idle;
    const away = next(ada, "person", ({ name, presence }) => name === "Bora" && presence === "away");
    bora.disconnect();
    expect((await away).seenAt).toBeGreaterThan(0);
  });

  it("survives requests that nobody could answer, and a room goes on beside them", async () => {
    const socket = enter("Cem", "c");
    const [ada, bora] = [enter("Ada", "a"), enter("Bora", "b")];
    for (const guest of [ada, bora]) await guest.emitWithAck("join", "den", 0);
    const events = "join leave create redeem rename message piece edit remove react older search file".split(
      " ",
    );
    for (const event of [...events, "typing", "seen", "idle", "probe", "mischief"]) {
      socket.emit(event);
      socket.emit(event, null, null);
      socket.emit(event, { toString: 1 }, [], "not a function");
    }
    const tour = visit({}, "/tour");
    for (const event of ["add", "enter", "exit", "read the log", "tell members", "reading", "order"]) {
      tour.emit(event);
      tour.emit(event, "lobby", "not a function");
      tour.emit(event, { toString: 1 }, null);
    }
    tour.emit("start a log", "incoming");
    expect(await tour.emitWithAck("add", 1, 2)).toEqual({ sum: 3 });
    expect(await socket.emitWithAck("join", "lobby", 0)).toMatchObject({ isFresh: true });
    const heard = next(bora, "message");
    await ada.emitWithAck("message", { room: "den", key: secret("4"), text: "Still here" });
    expect(await heard).toMatchObject({ text: "Still here" });
  });

  it("opens on another port when the one asked for is taken", async () => {
    const port = Number(new URL(chat.url).port);
    const other = await createChat({ port });
    expect(new URL(other.url).port).not.toBe(String(port));
    expect((await fetch(other.url)).status).toBe(200);
    await other.close();
    await expect(reach(Number(new URL(other.url).port))).rejects.toThrow("ECONNREFUSED");
  });

  it("compresses its pages for who takes gzip", async () => {
    const [zipped, plain] = await Promise.all(
      ["gzip", "identity"].map((coding) => fetch(chat.url, { headers: { "accept-encoding": coding } })),
    );
    expect(zipped!.headers.get("content-encoding")).toBe("gzip");
    expect(plain!.headers.get("content-encoding")).toBeNull();
    expect(await zipped!.text()).toBe(await plain!.text());
  });

  it("serves its pages, and nothing beside them", async () => {
    for (const path of ["/", "/tour", "/plain.html", "/?room=1"]) {
      const answer = await fetch(chat.url + path);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    }
    for (const path of ["/package.json", "/..%2fpackage.json", "/assets/", "/constructor"]) {
      expect((await fetch(chat.url + path)).status).toBe(404);
    }
  });
});

function reach(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.on("error", reject);
  });
}
