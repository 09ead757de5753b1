import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MemoryStore } from "../src/server/memory-store.ts";
import { openStore } from "../src/server/open-store.ts";
import { MESSAGES_PER_ROOM, type NewMessage, type Store } from "../src/server/store.ts";

const message = (key: string, room = "attic"): NewMessage => ({
  key,
  room,
  from: "Ada",
  text: key,
  sentAt: 5,
});
const textsOf = (store: Store, room: string, after = 0, limit = 50): string[] =>
  store.history(room, after, limit).map(({ text }) => text);

describe.each([
  ["the embedded database", () => openStore(":memory:")],
  ["memory", async () => new MemoryStore()],
])("messages in %s", (_name, open) => {
  let store: Store;
  const opened = async (): Promise<Store> => (store = await open());
  afterEach(() => store.close());

  it("are numbered and come back in order", async () => {
    const { add } = bound(await opened());
    const [first, second] = [add(message("one")), add(message("two"))];
    expect(second.message.id).toBeGreaterThan(first.message.id);
    expect(store.history("attic", 0, 50)).toEqual([first.message, second.message]);
    expect(first).toEqual({ isNew: true, message: { ...message("one"), id: first.message.id } });
  });

  it("are kept once for each key", async () => {
    const { add } = bound(await opened());
    const first = add(message("one"));
    expect(add(message("one"))).toEqual({ isNew: false, message: first.message });
    expect(textsOf(store, "attic")).toEqual(["one"]);
  });

  it("are those after a number, and the newest of them", async () => {
    const { add } = bound(await opened());
    const [first] = ["one", "two", "three", "four"].map((key) => add(message(key)));
    expect(textsOf(store, "attic", first!.message.id)).toEqual(["two", "three", "four"]);
    expect(textsOf(store, "attic", first!.message.id, 2)).toEqual(["three", "four"]);
  });

  it("stay in their room", async () => {
    const { add } = bound(await opened());
    add(message("up", "attic"));
    add(message("down", "cellar"));
    expect(textsOf(store, "cellar")).toEqual(["down"]);
    expect(store.rooms()).toEqual(["attic", "cellar"]);
  });

  it("give their picture apart from the history", async () => {
    const { add } = bound(await opened());
    const bytes = Buffer.from([1, 2, 3]);
    const { id } = add({ ...message("one"), pictureType: "image/png", bytes }).message;
    expect(store.history("attic", 0, 50)[0]).toEqual({ ...message("one"), id, pictureType: "image/png" });
    const picture = store.picture(id)!;
    expect(picture.room).toBe("attic");
    expect([...picture.bytes]).toEqual([1, 2, 3]);
    expect(store.picture(id + 1)).toBeUndefined();
  });

  it("make place for newer ones", async () => {
    const { add } = bound(await opened());
    for (let count = 0; count < MESSAGES_PER_ROOM + 3; count++) add(message(`m${count}`));
    const texts = textsOf(store, "attic", 0, MESSAGES_PER_ROOM * 2);
    expect([texts.length, texts[0]]).toEqual([MESSAGES_PER_ROOM, "m3"]);
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

function bound(store: Store): Pick<Store, "add"> {
  return { add: (entry) => store.add(entry) };
}
