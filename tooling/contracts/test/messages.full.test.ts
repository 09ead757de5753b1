/** What the compiler says of programs that cannot be meant: the message names the mistake. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Workshop } from "../src/compiler.ts";

/** By name: a program that is wrong, and what is said of it. */
const mistakes: Record<string, [program: string, ...said: string[]]> = {
  "an event that the contract does not have is sent": [
    `client.emit("nonsense");`,
    `Argument of type '"nonsense"' is not assignable to parameter of type 'EventName<ClientEmitOf<`,
  ],
  "an event that nobody sends is listened to": [
    `client.on("nonsense", () => undefined);`,
    `Argument of type '"nonsense"' is not assignable to parameter of type`,
  ],
  "the name of an event is misspelt, on a plain client": [
    `plainClient.emit("asc", "q", () => undefined);`,
    `Argument of type '"asc"' is not assignable to parameter of type '"ask"'.`,
  ],
  "an answer is awaited of an event that a plain map does not have": [
    `void plainClient.emitWithAck("asc", "q");`,
    `Argument of type '"asc"' is not assignable to parameter of type '"ask"'.`,
  ],
  "the name of an event is misspelt where it is listened to, on a plain client": [
    `plainClient.on("withAkc", () => undefined);`,
    `Argument of type '"withAkc"' is not assignable to parameter of type`,
  ],
  "the name of an event is misspelt where it is broadcast, on a plain server": [
    `plain.to("room").emit("withAkc");`,
    `Argument of type '"withAkc"' is not assignable to parameter of type '"withAck"'.`,
  ],
  "a server with an ackTimeout asks many and does not say how long to wait": [
    `new Server<Plain>({ ackTimeout: 1000 }).emit("withAck", "x", () => undefined);`,
    `many may acknowledge 'withAck': say how long to wait, timeout(ms).emit('withAck', ...)`,
  ],
  "an argument is of another type": [
    `client.emit("message:send", 7);`,
    `Argument of type 'number' is not assignable to parameter of type 'string'.`,
  ],
  "an argument is missing": [`client.emit("typing");`, `Expected 2-3 arguments, but got 1.`],
  "an answer is awaited of an event that has none": [
    `void client.emitWithAck("typing", true);`,
    `'typing' has no acknowledgement: give it one, a callback at the end of its parameters, or send it with emit()`,
  ],
  "an answer is taken for something else": [
    `client.emit("message:send", "x", (answer) => { const seq: string = answer.seq; });`,
    `Type 'number' is not assignable to type 'string'.`,
  ],
  "after a timeout, the error is passed over": [
    `client.timeout(1).emit("message:send", "x", (answer: { seq: number }) => answer);`,
    `Types of parameters 'answer' and 'error' are incompatible.`,
  ],
  "many are asked, and nobody says how long to wait": [
    `void io.emitWithAck("confirm", "sure?");`,
    `many may acknowledge 'confirm': say how long to wait, timeout(ms).emitWithAck('confirm', ...)`,
  ],
  "many of a plain map are asked without a timeout": [
    `plain.to("room").emit("withAck", "x", () => undefined);`,
    `many may acknowledge 'withAck': say how long to wait, timeout(ms).emit('withAck', ...)`,
  ],
  "the answer after a timeout is taken for something else, on a plain client": [
    `const answer: Promise<string> = plainClient.timeout(1).emitWithAck("ask", "q");`,
    `Type 'Promise<boolean>' is not assignable to type 'Promise<string>'.`,
  ],
  "an event of the wrong namespace is sent": [
    `typedNamespace.emit("confirm", "x");`,
    `Argument of type '"confirm"' is not assignable to parameter of type '"only"'.`,
  ],
  "auth is left out": [`connect({ contract: chat });`, `Property 'auth' is missing in type`],
  "auth does not fit": [
    `connect("http://a", { contract: chat, auth: { name: 7 } });`,
    `Type 'number' is not assignable to type 'string'.`,
  ],
  "auth is read by another name": [
    `socket.handshake.auth.nam;`,
    `Property 'nam' does not exist on type '{ name: string; }'.`,
  ],
  "the data of a socket is of another type": [
    `socket.data = { seq: "1" };`,
    `Type 'string' is not assignable to type 'number'.`,
  ],
  "a handler returns something else": [
    `socket.handle("message:send", () => ({ seq: "1" }));`,
    `Type 'string' is not assignable to type 'number'.`,
  ],
  "a handler fails with an error that the contract does not have": [
    `socket.handle("message:send", (_text, ctx) => ctx.fail("ODD", 1));`,
    `Argument of type '"ODD"' is not assignable to parameter of type '"MUTED"'.`,
  ],
  "a handler fails with other data": [
    `socket.handle("message:send", (_text, ctx) => ctx.fail("MUTED", { seconds: "60" }));`,
    `Type 'string' is not assignable to type 'number'.`,
  ],
  "a listener answers something else": [
    `socket.on("message:send", (_text, ack) => ack({ seq: "1" }));`,
    `Type 'string' is not assignable to type 'number'.`,
  ],
  "the name of an error has a meaning already": [
    `defineContract({ clientToServer: { a: { ack: type<number>(), errors: { INVALID: null } } } });`,
    `Type 'null' is not assignable to type`,
  ],
  "a validator is none": [
    `defineContract({ clientToServer: { a: { args: "string" } } });`,
    `Type 'string' is not assignable to type`,
  ],
  "a member of a contract is misspelt": [
    `defineContract({ clientToServr: {} });`,
    `'clientToServr' does not exist in type 'ContractDefinition'. Did you mean to write 'clientToServer'?`,
  ],
};

const GIVEN = `
import { io as connect, type Socket as ClientSocket } from "@telsiz/client";
import { defineContract, type } from "@telsiz/events";
import { Server } from "@telsiz/server";
import { z } from "zod";
const chat = defineContract({
  clientToServer: {
    "message:send": { args: z.string(), ack: z.object({ seq: z.number() }), errors: { MUTED: z.object({ seconds: z.number() }) } },
    typing: { args: [z.boolean(), z.string().optional()] },
  },
  serverToClient: { confirm: { args: z.string(), ack: z.boolean() } },
  auth: z.object({ name: z.string() }),
  data: type<{ seq: number }>(),
});
const io = new Server({ contract: chat });
const client = connect({ contract: chat, auth: { name: "Ada" } });
declare const socket: Parameters<Parameters<typeof io.use>[0]>[0];
interface Plain { withAck: (text: string, ack: (count: number) => void) => void }
declare const plain: Server<Plain>;
declare const plainClient: ClientSocket<Plain, { ask: (question: string, ack: (answer: boolean) => void) => void }>;
const typedNamespace = plain.of<{ in: () => void }, { only: (text: string) => void }>("/typed");
`;

const workshop = new Workshop();
const names = Object.keys(mistakes);
let said: string[];

beforeAll(async () => {
  names.forEach((name, index) => workshop.write(`mistake-${index}.ts`, `${GIVEN}\n${mistakes[name]![0]}\n`));
  const output = await workshop.compile("--pretty", "false");
  said = names.map((_name, index) =>
    output
      .split(/^(?=\S)/m)
      .filter((message) => message.startsWith(`mistake-${index}.ts`))
      .join(""),
  );
}, 120_000);

afterAll(() => workshop.close());

it.each(names)("says so when %s", (name) => {
  const message = said[names.indexOf(name)]!;
  for (const text of mistakes[name]!.slice(1)) expect(message).toContain(text);
});

it("says nothing else of these programs", () => {
  expect(said.map((message) => message.split(/^(?=\S)/m).length)).toEqual(names.map(() => 1));
});
