/** Schemas of zod with the application's functions in them: what those fail with harms nothing, and they run once. */
import { defineContract } from "@telsiz/events";
import { nextEvent } from "@telsiz/testkit";
import { openContractClient, openContractServer, SENDS_ANYTHING } from "@telsiz/testkit/contracts";
import { expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { afterwards } from "./stage.ts";

/** Resolves once the promises that are rejected and that nobody listens to have been reported. */
const reported = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const run = vi.fn<(text: string) => Promise<boolean>>();
const slow = z.string().refine((text) => run(text), "is taken");

interface Node {
  name: string;
  children: Node[];
}
const tree: z.ZodType<Node> = z.object({
  name: slow,
  get children() {
    return z.array(tree);
  },
});

const contract = defineContract({
  clientToServer: {
    refined: { args: slow, ack: z.string() },
    nested: { args: z.object({ list: z.array(z.object({ name: slow.optional() })) }), ack: z.string() },
    lazy: { args: z.lazy(() => slow), ack: z.string() },
    tree: { args: tree, ack: z.string() },
    answered: { ack: slow },
    changed: {
      args: z.string().transform(async (text) => ((await run(text)) ? text : "no")),
      ack: z.string(),
    },
    atOnce: {
      args: z.string().refine((text) => text !== "odd", "is odd"),
      ack: z.string(),
    },
  },
  auth: z.object({ name: slow.optional() }),
});

async function meet() {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  onTestFinished(() => void process.off("unhandledRejection", unhandled));
  run.mockReset().mockResolvedValue(true);
  const { io, url, close } = await openContractServer(contract, SENDS_ANYTHING);
  afterwards(close);
  const faults = vi.fn();
  io.on("handler_error", (error, { event }) => faults(String(error), event));
  io.on("connection", (socket) => {
    for (const event of ["refined", "lazy", "changed", "atOnce", "answered"] as const) {
      (socket as any).handle(event, (text: unknown) => (typeof text === "string" ? text : "answer"));
    }
    socket.handle("nested", ({ list }) => list.map(({ name }) => name).join());
    socket.handle("tree", ({ children }) => children.map(({ name }) => name).join());
  });
  const join = (auth: object) => {
    const client = openContractClient(url, { contract, auth, reconnection: false, ...SENDS_ANYTHING });
    afterwards(() => client.disconnect());
    return client;
  };
  return { client: join({}), join, faults, unhandled };
}

it("an asynchronous function runs once for a value that fits, wherever it is in a schema", async () => {
  const { client } = await meet();
  expect(await client.emitWithAck("refined", "a")).toBe("a");
  expect(await client.emitWithAck("nested", { list: [{ name: "b" }, {}] })).toBe("b,");
  expect(await client.emitWithAck("lazy", "c")).toBe("c");
  expect(await client.emitWithAck("tree", { name: "d", children: [{ name: "e", children: [] }] })).toBe("e");
  expect(await client.emitWithAck("changed", "f")).toBe("f");
  expect(run.mock.calls.flat().sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
});

it("one that is rejected is INTERNAL to who asked, is reported, and ends nothing", async () => {
  const { client, faults, unhandled } = await meet();
  await nextEvent(client, "connect");
  run.mockImplementation(() => Promise.reject(new Error("no database")));
  const asked: [string, ...unknown[]][] = [
    ["refined", "a"],
    ["nested", { list: [{ name: "b" }] }],
    ["lazy", "c"],
    ["tree", { name: "d", children: [] }],
    ["changed", "f"],
  ];
  for (const [event, ...args] of asked) {
    const answer = (client as any).emitWithAck(event, ...args) as Promise<unknown>;
    await expect(answer).rejects.toMatchObject({ code: "INTERNAL", message: "Internal error" });
  }
  await reported();
  expect(unhandled).not.toHaveBeenCalled();
  expect(faults.mock.calls).toEqual(asked.map(([event]) => ["Error: no database", event]));
});

it("one that is rejected on the side that asked rejects with an InvalidAnswerError, and ends nothing", async () => {
  const { client, unhandled } = await meet();
  await nextEvent(client, "connect");
  run.mockImplementation(() => Promise.reject(new Error("no database")));
  const fault = nextEvent(client.io, "handler_error");
  await expect(client.emitWithAck("answered")).rejects.toMatchObject({
    code: "TELSIZ_INVALID_ANSWER",
    issues: [{ message: "its validator failed" }],
  });
  expect(String((await fault)[0])).toBe("Error: no database");
  await reported();
  expect(unhandled).not.toHaveBeenCalled();
});

it("one that is rejected while auth is checked refuses the client, and ends nothing", async () => {
  const { join, unhandled } = await meet();
  run.mockImplementation(() => Promise.reject(new Error("no database")));
  const [error] = await nextEvent<[Error]>(join({ name: "Ada" }), "connect_error");
  expect(error.message).toBe("Internal error");
  await reported();
  expect(unhandled).not.toHaveBeenCalled();
});

it("a value that does not fit is told of in the words of the schema, at once or later", async () => {
  const { client } = await meet();
  await expect(client.emitWithAck("atOnce", "odd")).rejects.toMatchObject({
    issues: [{ path: [0], message: "is odd" }],
  });
  run.mockResolvedValue(false);
  await expect(client.emitWithAck("nested", { list: [{ name: "b" }] })).rejects.toMatchObject({
    issues: [{ path: [0, "list", 0, "name"], message: "is taken" }],
  });
});

it("a function that is not asynchronous is known before an event is sent, where that is checked", async () => {
  await meet();
  const client = openContractClient("http://127.0.0.1:1", { contract, auth: {}, autoConnect: false });
  expect(() => client.emit("atOnce", "odd")).toThrow("The arguments do not fit");
});

it("the same holds for schemas of zod 3, which are always run as if they were asynchronous", async () => {
  const { unhandled } = await meet();
  const slow3 = z3.string().refine((text) => run(text), "is taken");
  const old = defineContract({
    clientToServer: {
      refined: { args: slow3, ack: z3.string() },
      nested: {
        args: z3.object({ list: z3.array(z3.object({ name: slow3.optional() })) }),
        ack: z3.string(),
      },
      lazy: { args: z3.lazy(() => slow3), ack: z3.string() },
      atOnce: { args: z3.string().refine((text) => text !== "odd", "is odd"), ack: z3.string() },
      plain: { args: z3.string(), ack: z3.string() },
    },
  });
  const { io, url, close } = await openContractServer(old, SENDS_ANYTHING);
  afterwards(close);
  const faults = vi.fn();
  io.on("handler_error", (error, { event }) => faults(String(error), event));
  io.on("connection", (socket) => {
    for (const event of ["refined", "nested", "lazy", "atOnce", "plain"] as const) {
      (socket as any).handle(event, (value: unknown) => JSON.stringify(value));
    }
  });
  const client = openContractClient(url, { contract: old, ...SENDS_ANYTHING });
  afterwards(() => client.disconnect());
  expect(await client.emitWithAck("nested", { list: [{ name: "a" }, {}] })).toBe(
    '{"list":[{"name":"a"},{}]}',
  );
  expect(await client.emitWithAck("lazy", "b")).toBe('"b"');
  expect(run.mock.calls.flat()).toEqual(["a", "b"]);
  expect(await client.emitWithAck("plain", "c")).toBe('"c"');
  await expect(client.emitWithAck("atOnce", "odd")).rejects.toMatchObject({
    issues: [{ path: [0], message: "is odd" }],
  });
  run.mockImplementation(() => Promise.reject(new Error("no database")));
  const internal = { code: "INTERNAL", message: "Internal error" };
  await expect(client.emitWithAck("refined", "a")).rejects.toMatchObject(internal);
  await expect(client.emitWithAck("nested", { list: [{ name: "b" }] })).rejects.toMatchObject(internal);
  await expect(client.emitWithAck("lazy", "c")).rejects.toMatchObject(internal);
  await reported();
  expect(unhandled).not.toHaveBeenCalled();
  expect(faults.mock.calls.map(([, event]) => event as string)).toEqual(["refined", "nested", "lazy"]);
});
