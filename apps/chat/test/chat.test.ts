import { io, type Socket } from "@telsiz/client";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
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

  /** An untyped client: it may send anything. */
  function visit(auth: unknown, namespace = ""): Socket {
    const socket = io(chat.url + namespace, { auth: auth as object, forceNew: true, reconnection: false });
    sockets.push(socket);
    return socket;
  }
  const secret = (digit: string): string => digit.repeat(32);
  const refusal = (socket: Socket): Promise<Error & { data?: unknown }> =>
    new Promise((resolve) => socket.once("connect_error", resolve));
  const connected = (socket: Socket): Promise<void> =>
    new Promise((resolve) => socket.once("connect", resolve));

  it.each([
    ["nothing", undefined],
    ["no name", { secret: secret("a") }],
    ["a blank name", { name: "  ", secret: secret("a") }],
    ["a long name", { name: "x".repeat(25), secret: secret("a") }],
    ["an invisible name", { name: "a\u202eb", secret: secret("a") }],
    ["a number for a name", { name: 7, secret: secret("a") }],
    ["a short secret", { name: "Ada", secret: "abc" }],
  ])("refuses %s as credentials", async (_what, auth) => {
    expect((await refusal(visit(auth))).data).toEqual({ code: "BAD_INPUT" });
  });

  it("refuses a name that somebody has, and gives it to the same page again", async () => {
    const first = visit({ name: "Ada", secret: secret("a") });
    await connected(first);
    const other = await refusal(visit({ name: "ADA", secret: secret("b") }));
    expect([other.message, other.data]).toEqual([
      "Somebody here is called ADA already.",
      { code: "NAME_TAKEN" },
    ]);
    const gone = new Promise((resolve) => first.once("disconnect", resolve));
    await connected(visit({ name: "Ada", secret: secret("a") }));
    expect(await gone).toBe("io server disconnect");
  });

  it.each<[string, unknown[], string]>([
    [
      "a room with markup",
      ["join", "<b>", 0],
      "A room's name has 1 to 32 letters, digits, spaces or dashes.",
    ],
    [
      "a room that is no text",
      ["join", { room: 1 }, 0],
      "A room's name has 1 to 32 letters, digits, spaces or dashes.",
    ],
    ["a negative number", ["join", "lobby", -1], "A number was expected here."],
    [
      "a message to a room not joined",
      ["message", { room: "lobby", key: secret("1"), text: "hi" }],
      "Join the room first.",
    ],
    [
      "an empty message",
      ["message", { room: "den", key: secret("2"), text: " " }],
      "There is nothing in this message.",
    ],
    [
      "a long message",
      ["message", { room: "den", key: secret("3"), text: "x".repeat(2001) }],
      "A message has at most 2000 characters.",
    ],
    ["a message without a key", ["message", { room: "den", text: "hi" }], "A key has 32 hexadecimal digits."],
    [
      "a script for a picture",
      [
        "message",
        { room: "den", key: secret("4"), text: "", picture: { type: "image/svg+xml", bytes: Buffer.of(1) } },
      ],
      "A picture is a PNG, JPEG, GIF or WebP file.",
    ],
    [
      "text for a picture",
      ["message", { room: "den", key: secret("5"), text: "", picture: { type: "image/png", bytes: "no" } }],
      "A picture is a PNG, JPEG, GIF or WebP file.",
    ],
    ["no message at all", ["message", null], "A room's name has 1 to 32 letters, digits, spaces or dashes."],
    ["a picture from nowhere", ["picture", 999], "There is no such picture."],
  ])("turns down %s", async (_what, [event, ...args], problem) => {
    const socket = visit({ name: "Bora", secret: secret("b") });
    await socket.emitWithAck("join", "den", 0);
    expect(await socket.emitWithAck(event as string, ...args)).toEqual({ ok: false, problem });
  });

  it("keeps pictures inside their room", async () => {
    const [ada, bora] = [
      visit({ name: "Ada", secret: secret("a") }),
      visit({ name: "Bora", secret: secret("b") }),
    ];
    await ada.emitWithAck("join", "private den", 0);
    const picture = { type: "image/png", bytes: Buffer.of(1, 2) };
    const sent = await ada.emitWithAck("message", {
      room: "private den",
      key: secret("6"),
      text: "",
      picture,
    });
    expect(await bora.emitWithAck("picture", sent.value.id)).toEqual({
      ok: false,
      problem: "There is no such picture.",
    });
    expect(await ada.emitWithAck("picture", sent.value.id)).toEqual({ ok: true, value: Buffer.of(1, 2) });
  });

  it("survives requests that nobody could answer", async () => {
    const socket = visit({ name: "Cem", secret: secret("c") });
    for (const event of ["join", "leave", "message", "picture", "typing"]) {
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
    expect(await socket.emitWithAck("join", "lobby", 0)).toMatchObject({ ok: true });
  });

  it("opens on another port when the one asked for is taken", async () => {
    const port = Number(new URL(chat.url).port);
    const other = await createChat({ port });
    expect(new URL(other.url).port).not.toBe(String(port));
    expect((await fetch(other.url)).status).toBe(200);
    await other.close();
    await expect(reach(Number(new URL(other.url).port))).rejects.toThrow("ECONNREFUSED");
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
