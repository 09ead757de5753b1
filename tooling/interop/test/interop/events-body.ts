/** Events: values of every kind, in any number, in their order (api-surface.md 12.1). */
import { describeValue, nextEvent, NumberedStream, until } from "@telsiz/testkit";
import { expect, it } from "vitest";
import { roundTrip } from "../../src/side.ts";
import { inBothDirections, type Stage } from "../stage.ts";

/** Asserts that events arrive as they were sent, both ways. */
export function eventsTests(stage: Stage): void {
  const { connect } = stage;

  if (stage.choice === "upgrade") {
    it("moves to WebSocket, and events go on both ways", async () => {
      const { client, socket } = await connect();
      await until(() => socket.conn.transport.name === "websocket", "the upgrade of the server");
      await until(() => client.io.engine.transport.name === "websocket", "the upgrade of the client");
      await roundTrip(client, socket);
      await roundTrip(socket, client);
    });
  } else {
    it(`connects over ${stage.choice} alone`, async () => {
      const { client, socket } = await connect();
      expect(socket.conn.transport.name).toBe(stage.choice);
      expect(client.io.engine.transport.name).toBe(stage.choice);
      expect(client.id).toBe(socket.id);
    });
  }

  inBothDirections(stage, (sides) => {
    it("sends an event with one argument", async () => {
      const [from, to] = await sides();
      const received = nextEvent(to, "hello");
      from.emit("hello", "world");
      expect(await received).toEqual(["world"]);
    });

    it("sends any number of arguments, nested objects and bytes among them", async () => {
      const [from, to] = await sides();
      const received = nextEvent(to, "hello");
      from.emit("hello", 1, "2", { 3: "4", 5: Buffer.from([6]) }, [[7], null], true);
      expect(describeValue(await received)).toEqual([
        1,
        "2",
        { 3: "4", 5: Buffer.from([6]) },
        [[7], null],
        true,
      ]);
      const none = nextEvent(to, "nothing");
      from.emit("nothing");
      expect(await none).toEqual([]);
    });

    it.each(SERIALISABLE)("serialises %s", async (_what, sent, arrives) => {
      const [from, to] = await sides();
      const received = nextEvent(to, "value");
      from.emit("value", sent());
      expect(await received).toEqual([arrives]);
    });

    it.each(BINARY)("gives %s as a Buffer", async (_what, sent, bytes) => {
      const [from, to] = await sides();
      const received = nextEvent(to, "value");
      from.emit("value", sent);
      const [value] = await received;
      expect(Buffer.isBuffer(value)).toBe(true);
      expect(value).toEqual(Buffer.from(bytes));
    });

    it("sends ten attachments in one event, in their places", async () => {
      const [from, to] = await sides();
      const received = nextEvent(to, "value");
      const attachments = Array.from({ length: 10 }, (_, n) => Buffer.from([n, n, n]));
      from.emit("value", { list: attachments.slice(0, 9) }, "between", attachments[9]);
      expect(await received).toEqual([{ list: attachments.slice(0, 9) }, "between", attachments[9]]);
    });

    it("refuses what cannot be serialised, and goes on", async () => {
      const [from, to] = await sides();
      expect(() => from.emit("value", 1n)).toThrow("Do not know how to serialize a BigInt");
      const circular: { self?: unknown } = {};
      circular.self = circular;
      expect(() => from.emit("value", circular)).toThrow(/Maximum call stack|contains itself/);
      await roundTrip(from, to);
    });

    it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
      "refuses to send the reserved event %s",
      async (event) => {
        const [from] = await sides();
        expect(() => from.emit(event)).toThrow(`"${event}" is a reserved event name`);
      },
    );

    it("sends volatile and uncompressed events when the way is free", async () => {
      const [from, to] = await sides();
      const received = nextEvent(to, "maybe");
      const attempts = setInterval(() => from.volatile.emit("maybe", 1), 5);
      expect(await received).toEqual([1]);
      clearInterval(attempts);
      const plain = nextEvent(to, "plain");
      from.compress(false).emit("plain", "x".repeat(2_000));
      expect(await plain).toEqual(["x".repeat(2_000)]);
    });

    it("carries large messages, as text and as bytes", async () => {
      const [from, to] = await sides();
      const text = "0123456789".repeat(20_000);
      const bytes = Buffer.alloc(200_000, 7);
      const received = [nextEvent(to, "text"), nextEvent(to, "bytes")];
      from.emit("text", text);
      from.emit("bytes", bytes);
      const [[sameText], [sameBytes]] = (await Promise.all(received)) as [[string], [Buffer]];
      // Compared here, as matchers take long for so much.
      expect(sameText === text).toBe(true);
      expect(sameBytes.equals(bytes)).toBe(true);
    });

    it("carries text of every script, and characters that mean something on the wire", async () => {
      const [from, to] = await sides();
      const texts = ["ğ€😀", "日本語", "\u0000\u001e\u2028", "\ud800", '"},[', "b4AAA", "𝒳".repeat(100)];
      const received = nextEvent(to, "texts/ünïcode 😀");
      from.emit("texts/ünïcode 😀", texts, { "ключ\u001e": 1 });
      expect(await received).toEqual([texts, { "ключ\u001e": 1 }]);
    });

    it("keeps a thousand numbered messages in order", async () => {
      const [from, to] = await sides();
      const stream = new NumberedStream(1_000);
      to.on("number", (n: number) => stream.receive(n));
      for (let n = 0; n < 1_000; n++) from.emit("number", n, n % 10 === 0 ? Buffer.from([n % 256]) : "text");
      await until(() => stream.complete, "the whole stream");
      expect(stream.faults).toEqual([]);
    });
  });
}

/** What JSON says of each value (api-surface.md 12.1). */
const SERIALISABLE: readonly (readonly [string, () => unknown, unknown])[] = [
  ["a string", () => "text", "text"],
  ["numbers", () => [0, -1.5, 1e300], [0, -1.5, 1e300]],
  ["booleans and null", () => [true, false, null], [true, false, null]],
  ["nested objects", () => ({ a: { b: [{ c: 1 }] } }), { a: { b: [{ c: 1 }] } }],
  [
    "a Map, a Set, a RegExp, an Error and a SharedArrayBuffer as empty objects",
    () => [new Map([[1, 2]]), new Set([1]), /x/, new Error("x"), new SharedArrayBuffer(2)],
    [{}, {}, {}, {}, {}],
  ],
  ["a Date as text", () => new Date(0), "1970-01-01T00:00:00.000Z"],
  ["what toJSON gives", () => ({ toJSON: () => ({ own: "form" }) }), { own: "form" }],
  [
    "bytes inside of what toJSON gives",
    () => ({ toJSON: () => ({ bytes: Buffer.from([1]) }) }),
    { bytes: Buffer.from([1]) },
  ],
  [
    "undefined as null in lists, and not at all in objects",
    () => [undefined, { a: undefined, b: 1 }],
    [null, { b: 1 }],
  ],
  ["numbers that JSON has not as null", () => [NaN, Infinity, -Infinity, -0], [null, null, null, 0]],
];

/** Bytes arrive as Buffer on Node.js, whatever they were. */
const BINARY: readonly (readonly [string, unknown, readonly number[]])[] = [
  ["a Buffer", Buffer.from([1, 2, 3]), [1, 2, 3]],
  ["an ArrayBuffer", Uint8Array.of(1, 2, 3).buffer, [1, 2, 3]],
  ["a Uint8Array", Uint8Array.of(1, 2, 3), [1, 2, 3]],
  ["a part of a larger buffer", Uint8Array.of(0, 1, 2, 3).subarray(1, 3), [1, 2]],
  ["a Uint16Array", Uint16Array.of(258), [...new Uint8Array(Uint16Array.of(258).buffer)]],
  ["a Float32Array", Float32Array.of(1.5), [...new Uint8Array(Float32Array.of(1.5).buffer)]],
  ["a DataView", new DataView(Uint8Array.of(1, 2, 3).buffer, 1), [2, 3]],
  ["no bytes", Buffer.alloc(0), []],
];
