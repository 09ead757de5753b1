import { ParseError } from "@telsiz/parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { channelOfRoom } from "../src/channel.ts";
import { ClusterFrameError } from "../src/errors.ts";
import {
  decodeBroadcast,
  decodeHeader,
  decodeMessage,
  encodeBroadcast,
  encodeMessage,
  ItemKind,
} from "../src/item.ts";
import { newNodeId, nextIncarnation } from "../src/node-id.ts";
import { newSocketId, ownerIn } from "../src/socket-id.ts";

const room = fc.string({ unit: "grapheme", maxLength: 10 });
const broadcast = fc.record({
  nsp: fc.constantFrom("", "/", "/çağrı"),
  options: fc.record({
    rooms: fc.array(room, { maxLength: 3 }).map((rooms) => new Set(rooms)),
    except: fc.array(room, { maxLength: 3 }).map((rooms) => new Set(rooms)),
    flags: fc.record(
      { volatile: fc.constant(true), compress: fc.constant(false), latest: fc.string() },
      { requiredKeys: [] },
    ),
  }),
  messages: fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array()), {
    minLength: 1,
    maxLength: 4,
  }),
});

const plain = (message: string | Uint8Array): unknown =>
  typeof message === "string" ? message : [...message];

describe("a broadcast between nodes", () => {
  it("has the bytes that the documentation says", () => {
    const item = encodeBroadcast("", { rooms: new Set() }, ['2["hi"]']);
    expect(item.toString("hex")).toBe(`010000000000000007${Buffer.from('2["hi"]').toString("hex")}`);
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(broadcast, ({ nsp, options, messages }) => {
        const item = encodeBroadcast(nsp, options, messages);
        const header = decodeHeader(item);
        expect(header).toMatchObject({ kind: ItemKind.BROADCAST, nsp });
        const read = decodeBroadcast(item, header);
        expect(read.messages.map(plain)).toEqual(messages.map(plain));
        expect(read.flags).toEqual(options.flags);
        expect(read.options?.rooms ?? new Set()).toEqual(options.rooms);
        expect(read.options?.except ?? new Set()).toEqual(options.except);
      }),
    );
  });

  it("is refused with a typed error or read, whatever the bytes are", () => {
    const changed = fc
      .tuple(broadcast, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat())
      .map(([{ nsp, options, messages }, at, value, end]) => {
        const item = encodeBroadcast(nsp, options, messages);
        item[at % item.length] = value;
        return item.subarray(0, 1 + (end % item.length));
      });
    fc.assert(
      fc.property(changed, (item) => {
        try {
          const header = decodeHeader(item);
          if (header.kind === ItemKind.BROADCAST) decodeBroadcast(item, header);
          else decodeMessage(item, header);
        } catch (error) {
          expect([ClusterFrameError, ParseError]).toContain((error as Error).constructor);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a message between nodes", () => {
  it("carries values of every kind", () => {
    const value = { a: [1, "two", null, Buffer.from([3])], deep: { deeper: { deepest: true } } };
    const item = encodeMessage(ItemKind.REQUEST, "/chat", value);
    const header = decodeHeader(item);
    expect(header).toMatchObject({ kind: ItemKind.REQUEST, nsp: "/chat" });
    expect(decodeMessage(item, header)).toEqual(value);
  });
});

describe("names", () => {
  it("keep namespaces and rooms apart", () => {
    expect(channelOfRoom("/chat", "lobby")).toBe("5/chat#lobby");
    expect(channelOfRoom("/a", "b#c")).not.toBe(channelOfRoom("/a#b", "c"));
  });

  it("that cannot stand on the wire have no channel", () => {
    expect(channelOfRoom("/", "\ud800")).toBeUndefined();
    expect(channelOfRoom("/", "x".repeat(1_021))).toBe(`1/#${"x".repeat(1_021)}`);
    expect(channelOfRoom("/", "x".repeat(1_022))).toBeUndefined();
    expect(channelOfRoom("/", "ş".repeat(600))).toBeUndefined();
  });

  it("of sockets tell their node", () => {
    const node = newNodeId();
    const id = newSocketId(node);
    expect(id).toMatch(/^[\w-]{28}$/);
    expect(node.startsWith(ownerIn(id)!)).toBe(true);
    expect(nextIncarnation(node).startsWith(ownerIn(id)!)).toBe(true);
    expect(nextIncarnation(node)).not.toBe(node);
    expect(ownerIn("lobby")).toBeUndefined();
  });
});
