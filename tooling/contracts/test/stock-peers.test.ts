/** A contract on one side, and the published packages of Socket.IO, which know nothing of it, on the other. */
import { AckError, InvalidAnswerError } from "@telsiz/events";
import { nextEvent } from "@telsiz/testkit";
import { openContractClient } from "@telsiz/testkit/contracts";
import { Server as StockServer, type Socket as StockSocket } from "socket.io";
import { io as connectStock } from "socket.io-client";
import { expect, it } from "vitest";
import { board } from "../src/board.ts";
import { afterwards, type BoardSocket, openBoard, openPort } from "./stage.ts";

it("a stock client works with a server that has a contract, and gets errors as values", async () => {
  const { io, url, reports } = await openBoard();
  const joined = nextEvent<[BoardSocket]>(io, "connection");
  const client = connectStock(url, { auth: { name: "Ada" }, transports: ["websocket"], forceNew: true });
  afterwards(() => client.disconnect());
  const heard: unknown[] = [];
  client.onAny((...event: unknown[]) => heard.push(event));
  const [[socket]] = await Promise.all([joined, nextEvent(client, "connect")]);
  expect(socket.handshake.auth).toEqual({ name: "Ada", level: 1 });
  socket.handle("add", (text, ctx) =>
    text === "full" ? ctx.fail("FULL", { limit: 3 }) : { id: text.length },
  );
  expect(await client.emitWithAck("add", " four ")).toEqual({ id: 4 });
  expect(await client.emitWithAck("add", "full")).toEqual({
    error: { code: "FULL", message: "FULL", data: { limit: 3 } },
  });
  expect(await client.emitWithAck("add", 7)).toMatchObject({
    error: { code: "INVALID", message: "The arguments do not fit", issues: [{ path: [0] }] },
  });
  expect(await client.emitWithAck("nonsense")).toEqual({
    error: { code: "UNKNOWN_EVENT", message: "Unknown event" },
  });
  client.on("confirm", (_question: string, ack: (answer: unknown) => void) => ack({ yes: true }));
  expect(await socket.emitWithAck("confirm", "x")).toEqual({ yes: true });
  expect(await io.timeout(4000).emitWithAck("confirm", "y")).toEqual([{ yes: true }]);
  expect(heard).toEqual([
    ["confirm", "x", expect.any(Function)],
    ["confirm", "y", expect.any(Function)],
  ]);
  expect(reports.invalid).toEqual([]);
});

it("a client that has a contract works with a stock server, and checks what that sends", async () => {
  const port = await openPort();
  const io = new StockServer(port.server);
  afterwards(() => io.close());
  const joined = nextEvent<[StockSocket]>(io, "connection");
  const client = openContractClient(port.url, { contract: board, auth: { name: "Ada" } });
  afterwards(() => client.disconnect());
  const [[socket]] = await Promise.all([joined, nextEvent(client, "connect")]);
  expect(socket.handshake.auth).toEqual({ name: "Ada", _t: { v: 1, caps: ["ack"] } });
  socket.on("add", (text: string, ack: (answer: unknown) => void) => ack(text === "odd" ? "odd" : { id: 1 }));
  expect(await client.emitWithAck("add", "x")).toEqual({ id: 1 });
  await expect(client.emitWithAck("add", "odd")).rejects.toBeInstanceOf(InvalidAnswerError);
  const heard: unknown[] = [];
  client.onAny((event) => heard.push(event));
  client.handle("confirm", (question) => {
    if (question === "away") throw new AckError("AWAY");
    return { yes: true };
  });
  socket.emit("nonsense");
  expect(await socket.emitWithAck("confirm", "x")).toEqual({ yes: true });
  expect(await socket.emitWithAck("confirm", "away")).toEqual({ error: { code: "AWAY", message: "AWAY" } });
  expect(await socket.emitWithAck("confirm", 7)).toMatchObject({ error: { code: "INVALID" } });
  expect(heard).toEqual(["confirm", "confirm"]);
});
