/** The option `parser` on both sides: what is published for Socket.IO, an application's own, and ours in its place. */
import { EventEmitter } from "node:events";
import { messagePackParser } from "@telsiz/server";
import { nextEvent } from "@telsiz/testkit";
import stockMessagePack from "socket.io-msgpack-parser";
import { Decoder as StockDecoder, Encoder as StockEncoder } from "socket.io-parser";
import { afterEach, describe, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { OUR_PAIRINGS, ourServer, type Pairing, stockClient, STOCK_PAIRING } from "../src/peers.ts";

/** An application's own: JSON, with a mark in front, as Socket.IO's documentation shows how to write one. */
class MarkingEncoder {
  encode(packet: unknown): string[] {
    return [`!${JSON.stringify(packet)}`];
  }
}

class MarkingDecoder extends EventEmitter {
  add(chunk: string): void {
    if (!chunk.startsWith("!")) throw new Error("no mark");
    this.emit("decoded", JSON.parse(chunk.slice(1)));
  }

  destroy(): void {}
}

const marking = { Encoder: MarkingEncoder, Decoder: MarkingDecoder };

let meeting: Meeting | undefined;
afterEach(() => meeting?.close());

/** One server and clients, with these parsers. */
async function meet({ server, client }: Omit<Pairing, "name">, onServer: unknown): Promise<Meeting> {
  meeting = await openMeeting(server, { parser: onServer }, client);
  return meeting;
}

/** Bytes as a list of numbers, whatever the parser of the other side makes of them. */
function plain(value: unknown): unknown {
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Everything that crosses the wire. @param bytes what stands for binary, if the parser can carry it */
function parserTests(
  pairing: Omit<Pairing, "name">,
  onServer: unknown,
  onClient: unknown,
  bytes?: Buffer,
): void {
  const values = ["Ada", 7, null, { nested: [true, "é", bytes ?? "text"] }, ...(bytes ? [bytes] : [])];
  const options = { parser: onClient, transports: ["websocket"] };
  const expected = plain(values);

  it("carries events and their acknowledgements, both ways", async () => {
    const { client, socket } = await (await meet(pairing, onServer)).pair(options);
    const reply = (...args: unknown[]): void => (args.pop() as (...answer: unknown[]) => void)(args);
    client.on("echo", reply);
    socket.on("echo", reply);
    expect(plain(await client.timeout(5_000).emitWithAck("echo", ...values))).toEqual(expected);
    expect(plain(await socket.timeout(5_000).emitWithAck("echo", ...values))).toEqual(expected);
  });

  it("carries broadcasts, with acknowledgements too", async () => {
    const { io } = await meet(pairing, onServer);
    const pairs = [await meeting!.pair(options), await meeting!.pair(options)];
    const news = pairs.map(({ client }) => nextEvent(client, "news"));
    io.emit("news", ...values);
    expect(plain(await Promise.all(news))).toEqual([expected, expected]);
    pairs.forEach(({ client }, index) =>
      client.on("ask", (answer: (value: number) => void) => answer(index)),
    );
    expect((await io.timeout(5_000).emitWithAck("ask")).sort()).toEqual([0, 1]);
  });

  it("carries what is sent at the beginning, and refusals with their data", async () => {
    const { io } = await meet(pairing, onServer);
    io.of("/admin").use((socket, next) => {
      next(Object.assign(new Error("who?"), { data: socket.handshake.auth }));
    });
    const client = meeting!.client({ ...options, auth: { token: "abc" } }, `${meeting!.url}/admin`);
    const [refusal] = await nextEvent<[Error & { data: unknown }]>(client, "connect_error");
    expect([refusal.message, refusal.data]).toEqual(["who?", { token: "abc" }]);
  });
}

const bytes = Buffer.from([1, 2, 255]);

describe.each([...OUR_PAIRINGS, STOCK_PAIRING])("$name", (pairing) => {
  describe("with socket.io-msgpack-parser on both sides", () =>
    parserTests(pairing, stockMessagePack, stockMessagePack, bytes));
  describe("with the classes of socket.io-parser on both sides", () => {
    const classes = { Encoder: StockEncoder, Decoder: StockDecoder };
    parserTests(pairing, classes, classes, bytes);
  });
  describe("with an application's own parser on both sides", () => parserTests(pairing, marking, marking));
});

describe("our MessagePack with socket.io-msgpack-parser", () => {
  describe("on the server", () =>
    parserTests({ server: ourServer, client: stockClient }, messagePackParser, stockMessagePack, bytes));
  const ourWithStock = OUR_PAIRINGS.find(({ server, client }) => !server.ours && client.ours)!;
  describe("on the client", () => parserTests(ourWithStock, stockMessagePack, messagePackParser, bytes));
});

it("a message that an application's parser cannot read ends the connection, and no other", async () => {
  const { io } = await meet({ server: ourServer, client: stockClient }, marking);
  const good = await meeting!.pair({ parser: marking, transports: ["websocket"] });
  const bad = meeting!.client({ transports: ["websocket"], reconnection: false });
  const engine = await new Promise<{ once(event: string, listener: () => void): void }>((resolve) =>
    bad.io.once("open", () => resolve(bad.io.engine)),
  );
  await nextEvent(engine, "close");
  expect(good.client.connected).toBe(true);
  expect(io.engine.clientsCount).toBe(1);
});
