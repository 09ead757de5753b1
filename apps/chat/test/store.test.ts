import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Message } from "../src/contract.ts";
import { MemoryStore } from "../src/server/memory-store.ts";
import { openStore } from "../src/server/open-store.ts";
import type { NewMessage, Store } from "../src/server/store.ts";

const message = (key: string, room = "attic", author = "ada"): NewMessage => ({
  key,
  room,
  author,
  from: "Ada",
  text: key,
  sentAt: 5,
});
const LIMITS = { messagesPerRoom: 5, people: 3 };
const LAST = Number.MAX_SAFE_INTEGER;
const textsOf = (store: Store, room: string, limit = 50): string[] =>
  textsIn(store.before(room, LAST, limit));
const textsIn = (messages: readonly { text: string }[]): string[] => messages.map(({ text }) => text);

describe.each([
  ["the embedded database", () => openStore(":memory:", LIMITS)],
  ["memory", async () => new MemoryStore(LIMITS)],
])("messages in %s", (_name, open) => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());
  const add = (...args: Parameters<typeof message>): Message => store.add(message(...args)).message;

  it("are numbered and come back in order", () => {
    const [first, second] = [add("one"), add("two")];
    expect(second.id).toBeGreaterThan(first.id);
    expect(second.revision).toBeGreaterThan(first.revision);
    expect(store.before("attic", LAST, 50)).toEqual([first, second]);
    expect(store.find(first.id)).toEqual({ ...message("one"), ...numbersOf(first), reactions: {} });
  });

  it("are kept once for each key", () => {
    const first = add("one");
    expect(store.add(message("one"))).toEqual({ isNew: false, message: first });
    expect(textsOf(store, "attic")).toEqual(["one"]);
    expect([store.hasKey("one"), store.hasKey("two")]).toEqual([true, false]);
  });

  it("are the newest before a number", () => {
    const [, , third] = ["one", "two", "three", "four"].map((key) => add(key));
    expect(textsIn(store.before("attic", third!.id, 50))).toEqual(["one", "two"]);
    expect(textsIn(store.before("attic", third!.id, 1))).toEqual(["two"]);
  });

  it("come again once they have changed", () => {
    const [first, second] = [add("one"), add("two")];
    expect(store.since("attic", second.revision, 50)).toEqual([]);
    const edited = store.change(first.id, { text: "uno", editedAt: 9, reactions: { "👍": ["bora"] } });
    expect(edited).toEqual({
      ...first,
      revision: edited.revision,
      text: "uno",
      editedAt: 9,
      reactions: { "👍": ["bora"] },
    });
    add("three");
    expect(textsIn(store.since("attic", second.revision, 50))).toEqual(["uno", "three"]);
    expect(textsIn(store.since("attic", second.revision, 1))).toEqual(["three"]);
  });

  it("stay in their room", () => {
    add("up", "attic");
    add("down", "cellar");
    expect(textsOf(store, "cellar")).toEqual(["down"]);
    expect(store.rooms()).toEqual(["attic", "cellar"]);
  });

  it("are found by their words, in some rooms", () => {
    for (const key of ["Tea at five", "100% tea_leaves", "100 teas leave"]) add(key, "attic");
    add("tea below", "cellar");
    add("tea far away", "garden");
    expect(textsIn(store.search(["attic", "cellar"], "TEA", 2))).toEqual(["tea below", "100 teas leave"]);
    expect(textsIn(store.search(["attic", "cellar"], "0% tea_", 9))).toEqual(["100% tea_leaves"]);
  });

  it("give their file apart, until they are removed", () => {
    const file = { name: "dot.png", type: "image/png", size: 3 };
    const { id } = store.add({ ...message("one"), replyTo: 7, file, bytes: Buffer.from([1, 2, 3]) }).message;
    expect(store.find(id)).toMatchObject({ ...message("one"), replyTo: 7, file });
    const { room, bytes } = store.file(id)!;
    expect([room, ...bytes]).toEqual(["attic", 1, 2, 3]);
    expect(store.file(id + 1)).toBeUndefined();
    const removed = store.change(id, { text: "", isRemoved: true });
    expect([removed.isRemoved, removed.text, "file" in removed]).toEqual([true, "", false]);
    expect(store.file(id)).toBeUndefined();
  });

  it("are counted as unread by all but their author", () => {
    const { id } = add("one");
    add("two");
    add("three", "attic", "bora");
    expect(store.countUnread("attic", "bora", 0)).toBe(2);
    expect(store.countUnread("attic", "bora", id)).toBe(1);
    expect(store.countUnread("attic", "ada", 0)).toBe(1);
  });

  it("make place for newer ones", () => {
    for (let count = 0; count < 8; count++) add(`m${count}`);
    expect(textsOf(store, "attic")).toEqual(["m3", "m4", "m5", "m6", "m7"]);
  });

  it("have members, who have seen some of them", () => {
    const [ada, bora] = [
      { person: "ada", room: "attic", seen: 1 },
      { person: "bora", room: "attic", seen: 2 },
    ];
    const elsewhere = { person: "ada", room: "cellar", seen: 0 };
    for (const member of [ada, bora, elsewhere, { ...ada, seen: 5 }]) store.saveMember(member);
    expect(store.membersOf("attic")).toEqual([{ ...ada, seen: 5 }, bora]);
    expect(store.roomsOf("ada")).toEqual([{ ...ada, seen: 5 }, elsewhere]);
    store.removeMember("ada", "attic");
    expect(store.membersOf("attic")).toEqual([bora]);
  });

  it("are private where there is an invitation, which stays the same", () => {
    expect([store.inviteTo("den"), store.countPrivate()]).toEqual([undefined, 0]);
    store.makePrivate("den", "abc");
    store.makePrivate("den", "other");
    expect([store.inviteTo("den"), store.countPrivate()]).toEqual(["abc", 1]);
  });

  it("are of people, who are forgotten with their rooms when there are too many", () => {
    store.savePerson({ id: "ada", name: "Ada", seenAt: 1 });
    store.saveMember({ person: "ada", room: "attic", seen: 0 });
    for (const id of ["cem", "defne"]) store.savePerson({ id, name: id, seenAt: 2 });
    store.savePerson({ id: "bora", name: "Bora", seenAt: 3 });
    expect(store.person("ada")).toBeUndefined();
    expect(store.roomsOf("ada")).toEqual([]);
    store.savePerson({ id: "bora", name: "Bora II", seenAt: 4 });
    expect(store.people(1)).toEqual([{ id: "bora", name: "Bora II", seenAt: 4 }]);
  });
});

describe("opening a store", () => {
  it("finds the messages of an earlier process in the file", async () => {
    const directory = mkdtempSync(join(tmpdir(), "telsiz-chat-"));
    try {
      const file = join(directory, "data", "chat.db");
      const earlier = await openStore(file);
      earlier.add(message("one"));
      earlier.close();
      const later = await openStore(file);
      expect(textsOf(later, "attic")).toEqual(["one"]);
      later.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("falls back to memory, and says so, where the file cannot be", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const store = await openStore("/dev/null/chat.db");
    expect(store.name).toBe("memory");
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});

function numbersOf({ id, revision }: Message): Pick<Message, "id" | "revision"> {
  return { id, revision };
}
