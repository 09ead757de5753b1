import { defineContract, type StandardSchemaV1 } from "@telsiz/events";
import { expect, it, onTestFinished } from "vitest";
import { openContractClient, openContractServer, SENDS_ANYTHING } from "../src/contract-peers.ts";
import { nextEvent } from "../src/index.ts";

const count: StandardSchemaV1<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => (typeof value === "number" ? { value } : { issues: [{ message: "no number" }] }),
  },
};
const contract = defineContract({
  clientToServer: { add: { args: count, ack: count } },
  serverToClient: { added: { args: count } },
});
const wrong = "one" as never;

async function meet(options?: typeof SENDS_ANYTHING) {
  const { io, url, close } = await openContractServer(contract, options);
  onTestFinished(close);
  io.on("connection", (socket) => socket.handle("add", () => wrong));
  const client = openContractClient(url, { contract, ...options });
  onTestFinished(() => void client.disconnect());
  await nextEvent(client, "connect");
  return { io, client };
}

it("checks what either side of a contract sends", async () => {
  const { io, client } = await meet();
  expect(() => client.emit("add", wrong)).toThrow("The arguments do not fit");
  expect(() => io.emit("added", wrong)).toThrow("The arguments do not fit");
  const fault = nextEvent(io, "handler_error");
  await expect(client.emitWithAck("add", 1)).rejects.toMatchObject({ code: "INTERNAL" });
  expect(await fault).toMatchObject([{ message: "The answer does not fit" }, { event: "add" }]);
});

it("checks what either side gets, also from one that sends anything", async () => {
  const { io, client } = await meet(SENDS_ANYTHING);
  await expect(client.emitWithAck("add", wrong)).rejects.toMatchObject({ code: "INVALID" });
  await expect(client.emitWithAck("add", 1)).rejects.toMatchObject({ code: "TELSIZ_INVALID_ANSWER" });
  const told = nextEvent(client.io, "invalid_event");
  io.emit("added", wrong);
  expect(await told).toMatchObject([{ code: "INVALID", event: "added" }, { socket: client }]);
});
