/** Contracts as documents of AsyncAPI, which the official parser accepts. */
import { Parser } from "@asyncapi/parser";
import { defineContract, type } from "@telsiz/events";
import { toAsyncAPI } from "@telsiz/events/asyncapi";
import { toJsonSchema } from "@valibot/to-json-schema";
import { type as ark } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { board } from "../src/board.ts";

/** What the parser finds wrong. */
async function faultsOf(document: object): Promise<unknown[]> {
  const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));
  const faults = diagnostics.filter(({ severity }) => (severity as number) === 0);
  if (parsed === undefined && faults.length === 0) throw new Error("it was not parsed");
  return faults.map(({ message, path }) => ({ message, path }));
}

describe("toAsyncAPI", () => {
  it("gives a document that the official parser accepts", async () => {
    const document = toAsyncAPI(board, { title: "Board", version: "2.1.0", namespace: "/board" });
    expect(await faultsOf(document)).toEqual([]);
    expect(document.info).toEqual({ title: "Board", version: "2.1.0" });
    expect(document.channels.namespace.address).toBe("/board");
  });

  it("has the events of both directions, their answers and errors, and auth", () => {
    const { operations, channels } = toAsyncAPI(board);
    expect(Object.keys(operations)).toEqual([
      "connect",
      ...["add", "move", "claim", "whisper", "title", "clear", "bulk"].map((event) => `receive.${event}`),
      ...["added", "confirm"].map((event) => `send.${event}`),
    ]);
    const { messages } = channels.namespace;
    expect(operations["receive.add"]).toEqual({
      action: "receive",
      channel: { $ref: "#/channels/namespace" },
      messages: [{ $ref: "#/channels/namespace/messages/receive.add" }],
      reply: {
        channel: { $ref: "#/channels/namespace" },
        messages: ["ack", "error.FULL", "error.CLOSED"].map((end) => ({
          $ref: `#/channels/namespace/messages/receive.add.${end}`,
        })),
      },
    });
    expect(messages["receive.add"]).toMatchObject({
      name: "add",
      payload: { type: "array", items: [{ type: "string", maxLength: 20 }], additionalItems: false },
    });
    expect(messages["receive.add.error.FULL"]!.payload).toMatchObject({
      properties: { code: { const: "FULL" }, data: { type: "object", required: ["limit"] } },
    });
    expect(messages["receive.clear"]!.payload).toEqual({ type: "array", maxItems: 0 });
    expect(messages["connect"]!.payload).toMatchObject({ type: "object", required: ["name"] });
  });

  it("notes clearly what cannot be described", () => {
    interface Tree {
      branches: Tree[];
    }
    const tree: z.ZodType<Tree> = z.lazy(() => z.object({ branches: z.array(tree) }));
    const contract = defineContract({
      clientToServer: {
        compiler: { args: type<string>() },
        silent: { args: v.string() },
        odd: { args: z.bigint() },
        tree: { args: tree },
      },
    });
    const { messages } = toAsyncAPI(contract).channels.namespace;
    const noteOf = (event: string): string =>
      (messages[`receive.${event}`]!.payload["items"] as { description: string }[])[0]!.description;
    expect(noteOf("compiler")).toBe("Not described: its type is known to the compiler alone.");
    expect(noteOf("silent")).toBe('Not described: its validator, of "valibot", gives no JSON Schema.');
    expect(noteOf("odd")).toMatch(/^Not described: its validator gives no JSON Schema: .*BigInt/i);
    expect(noteOf("tree")).toBe("Not described: its JSON Schema refers to itself.");
  });

  it("takes a description from elsewhere, such as valibot's own package", () => {
    const contract = defineContract({ serverToClient: { said: { args: [v.string(), ark("number")] } } });
    const { messages } = toAsyncAPI(contract, {
      describe: (validator) =>
        validator["~standard"].vendor === "valibot" ? toJsonSchema(validator as never) : undefined,
    }).channels.namespace;
    expect(messages["send.said"]!.payload["items"]).toEqual([{ type: "string" }, { type: "number" }]);
  });

  it("keeps events apart whose names cannot stand in a reference", async () => {
    const contract = defineContract({
      clientToServer: { "a:b": {}, "a/b": {}, a_b: {}, "☃": {}, constructor: {} },
    });
    const document = toAsyncAPI(contract);
    expect(Object.keys(document.operations)).toEqual([
      "receive.a_b",
      "receive.a_b_2",
      "receive.a_b_3",
      "receive._",
      "receive.constructor",
    ]);
    const names = Object.values(document.channels.namespace.messages).map(({ name }) => name);
    expect(names).toEqual(["a:b", "a/b", "a_b", "☃", "constructor"]);
    expect(await faultsOf(document)).toEqual([]);
  });
});
