/** Random contracts and random input: what fits reaches the handler unchanged, and what does not never reaches it. */
import { io as connect } from "@telsiz/client";
import {
  type Acknowledge,
  defineContract,
  type GatedSocket,
  type InvalidEventError,
  type,
} from "@telsiz/events";
import { Server } from "@telsiz/server";
import { bounded } from "@telsiz/testkit";
import { type as ark, type Type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { expect, it } from "vitest";
import { z } from "zod";
import { afterwards, openPort } from "./stage.ts";

/** What a validator is made of; values that fit and values that don't follow from it. */
type Shape =
  | { readonly kind: "number" | "string" | "boolean" }
  | { readonly kind: "list"; readonly item: Shape }
  | { readonly kind: "record"; readonly fields: { readonly [key: string]: Shape } };

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Shape>({ kind: "number" }, { kind: "string" }, { kind: "boolean" }),
    fc.record({ kind: fc.constant("list" as const), item: tie("shape") }),
    fc.record({
      kind: fc.constant("record" as const),
      fields: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("shape"), {
        minKeys: 1,
        noNullPrototype: true,
      }),
    }),
  ),
}));

function zodOf(from: Shape): z.ZodType {
  if (from.kind === "list") return z.array(zodOf(from.item));
  if (from.kind === "record") return z.strictObject(mapped(from.fields, zodOf));
  return { number: z.number(), string: z.string(), boolean: z.boolean() }[from.kind];
}

function valibotOf(from: Shape): v.GenericSchema {
  if (from.kind === "list") return v.array(valibotOf(from.item));
  if (from.kind === "record") return v.strictObject(mapped(from.fields, valibotOf));
  return { number: v.number(), string: v.string(), boolean: v.boolean() }[from.kind];
}

function arkOf(from: Shape): Type {
  if (from.kind === "list") return arkOf(from.item).array();
  if (from.kind === "record") return ark({ ...mapped(from.fields, arkOf), "+": "reject" } as never);
  return ark(from.kind);
}

function mapped<T>(fields: { readonly [key: string]: Shape }, make: (from: Shape) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, make(field)]));
}

/** Values of a shape. */
function fitting(from: Shape): fc.Arbitrary<unknown> {
  if (from.kind === "list") return fc.array(fitting(from.item), { maxLength: 3 });
  if (from.kind === "record") return fc.record(mapped(from.fields, fitting), { noNullPrototype: true });
  return { number: fc.integer(), string: fc.string(), boolean: fc.boolean() }[from.kind];
}

/** The judge, which no library has a part in. */
function fits(from: Shape, value: unknown): boolean {
  if (from.kind === "list") return Array.isArray(value) && value.every((item) => fits(from.item, item));
  if (from.kind !== "record") return typeof value === from.kind;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const names = Object.keys(from.fields);
  if (Object.keys(value).some((key) => !names.includes(key))) return false;
  return names.every(
    (name) =>
      Object.hasOwn(value, name) && fits(from.fields[name]!, (value as Record<string, unknown>)[name]),
  );
}

const validators = { zod: zodOf, valibot: valibotOf, arktype: arkOf };

interface Case {
  readonly shapes: Shape[];
  readonly vendors: (keyof typeof validators)[];
  readonly args: unknown[];
}

const cases: fc.Arbitrary<Case> = fc.array(shape, { maxLength: 3 }).chain((shapes) =>
  fc.record({
    shapes: fc.constant(shapes),
    vendors: fc.tuple(...shapes.map(() => fc.constantFrom("zod", "valibot", "arktype"))),
    args: fc.oneof(
      fc.tuple(...shapes.map(fitting)),
      fc.array(fc.jsonValue(), { maxLength: 4 }),
      fc.tuple(...shapes.map((one) => fc.oneof(fitting(one), fc.jsonValue()))),
    ),
  }),
);

class Recorder implements GatedSocket {
  readonly _negotiated = false;
  readonly accepted: unknown[][] = [];
  readonly refused: InvalidEventError[] = [];

  _accept(data: unknown[]): void {
    this.accepted.push(data);
  }

  _acknowledger(): Acknowledge {
    throw new Error("nobody asked");
  }

  _onInvalidEvent(error: InvalidEventError): void {
    this.refused.push(error);
  }

  _onFault(error: unknown): void {
    throw error;
  }
}

it("lets through what fits, unchanged, and nothing else", () => {
  let passed = 0;
  let refused = 0;
  fc.assert(
    fc.property(cases, ({ shapes, vendors, args }) => {
      const contract = defineContract({
        clientToServer: { event: { args: shapes.map((one, index) => validators[vendors[index]!](one)) } },
      });
      const recorder = new Recorder();
      const gate = contract._gate(contract._rules("server", {}), recorder);
      const before = structuredClone(args);
      gate.receive(["event", ...args], undefined);
      const lawful = args.length <= shapes.length && shapes.every((one, index) => fits(one, args[index]));
      if (lawful) passed++;
      else refused++;
      expect(recorder.accepted).toEqual(lawful ? [["event", ...before]] : []);
      expect(recorder.refused.map(({ code }) => code)).toEqual(lawful ? [] : ["INVALID"]);
    }),
    { numRuns: 150 },
  );
  expect(Math.min(passed, refused)).toBeGreaterThan(5); // both kinds were tried
});

it("holds from a client that checks nothing to the handlers of a server, over a connection", async () => {
  const port = await openPort();
  const io = new Server(port.server);
  afterwards(() => io.close());
  const { io: manager } = connect(port.url, { transports: ["websocket"], forceNew: true });
  afterwards(() => manager.engine.close());
  let run = 0;
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ shapes, vendors, args }) => {
      const nsp = `/${++run}`;
      const asked = shapes.map((one, index) => validators[vendors[index]!](one));
      const contract = defineContract({ clientToServer: { event: { args: asked, ack: type<string>() } } });
      const heard: unknown[][] = [];
      io.of(nsp, { contract }).on("connection", (socket) => {
        socket.handle("event", (...given) => {
          heard.push(given.slice(0, -1)); // the last one is the context
          return "handled";
        });
      });
      const client = manager.socket(nsp);
      const answer: unknown = await bounded(client.emitWithAck("event", ...args), "an answer");
      client.disconnect();
      const lawful = args.length <= shapes.length && shapes.every((one, index) => fits(one, args[index]));
      if (lawful) passed++;
      expect(heard).toEqual(lawful ? [JSON.parse(JSON.stringify(args))] : []);
      if (lawful) expect(answer).toBe("handled");
      else expect(answer).toMatchObject({ error: { code: "INVALID" } });
    }),
    { numRuns: 40 },
  );
  expect(passed).toBeGreaterThan(0);
  expect(passed).toBeLessThan(run);
});
