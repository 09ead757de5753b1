/** What the compiler says of programs that cannot be meant: the message names the mistake. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Workshop } from "../src/compiler.ts";

/** By name: a program that is wrong, and what is said of it. */
const mistakes: Record<string, [program: string, ...said: string[]]> = {
  "the name of an event is misspelt where a client sends it": [
    `client.emit("mesage:send", "x");`,
    `Argument of type '"mesage:send"' is not assignable to parameter of type '"message:send" | "typing"'.`,
  ],
  "the name of an event is misspelt where it is asked for": [
    `void client.timeout(1).emitWithAck("mesage:send", "x");`,
    `Argument of type '"mesage:send"' is not assignable to parameter of type '"message:send" | "typing"'.`,
  ],
  "the name of an event is misspelt where a client listens to it": [
    `client.on("confrim", () => undefined);`,
    `Argument of type '"confrim"' is not assignable to parameter of type '"confirm" | "connect" | `,
    ` | "online"'.`,
  ],
  "the name of an event is misspelt where a client handles it": [
    `client.handle("confrim", () => true);`,
    `Argument of type '"confrim"' is not assignable to parameter of type '"confirm" | "online"'.`,
  ],
  "the name of an event is misspelt where the server sends it": [
    `socket.emit("onlin", 1);`,
    `Argument of type '"onlin"' is not assignable to parameter of type '"confirm" | "online"'.`,
  ],
  "the name of an event is misspelt where it is broadcast": [
    `io.to("room").except("other").emit("onlin", 1);`,
    `Argument of type '"onlin"' is not assignable to parameter of type '"confirm" | "online"'.`,
  ],
  "the name of an event is misspelt where the server listens to it": [
    `socket.on("typin", () => undefined);`,
    `Argument of type '"typin"' is not assignable to parameter of type '"disconnect" | "disconnecting" | "error" | "message:send" | "typing"'.`,
  ],
  "the name of an event is misspelt where the server handles it": [
    `socket.handle("mesage:send", () => ({ seq: 1 }));`,
    `Argument of type '"mesage:send"' is not assignable to parameter of type '"message:send" | "typing"'.`,
  ],
  "the name of an event is misspelt where its errors are told apart": [
    `chat.isAckError("mesage:send", 0);`,
    `Argument of type '"mesage:send"' is not assignable to parameter of type '"confirm" | "message:send" | "online" | "typing"'.`,
  ],
  "the name of an event between servers is misspelt": [
    `plain.serverSideEmit("gosip");`,
    `Argument of type '"gosip"' is not assignable to parameter of type '"gossip" | "ping"'.`,
  ],
  "the name of an event is misspelt, on a plain client": [
    `plainClient.emit("asc", "q", () => undefined);`,
    `Argument of type '"asc"' is not assignable to parameter of type '"ask" | "save" | "saved" | "tell" | "two"'.`,
  ],
  "an answer is awaited of an event that a plain map does not have": [
    `void plainClient.emitWithAck("asc", "q");`,
    `Argument of type '"asc"' is not assignable to parameter of type '"ask" | "save" | "saved" | "tell" | "two"'.`,
  ],
  "the name of an event is misspelt where it is listened to, on a plain client": [
    `plainClient.on("withAkc", () => undefined);`,
    `Argument of type '"withAkc"' is not assignable to parameter of type '"connect" | `,
    ` | "withAck"'.`,
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
  "an answer is awaited of an event that has none, and its payload is left out": [
    `void client.emitWithAck("typing");`,
    `'typing' has no acknowledgement: give it one, a callback at the end of its parameters, or send it with emit()`,
  ],
  "the same on a plain client, with the payload": [
    `void plainClient.emitWithAck("tell", "x");`,
    `'tell' has no acknowledgement: give it one, a callback at the end of its parameters, or send it with emit()`,
  ],
  "the same on a plain client, without": [
    `void plainClient.emitWithAck("tell");`,
    `'tell' has no acknowledgement: give it one, a callback at the end of its parameters, or send it with emit()`,
  ],
  "the same after a timeout, on a plain client": [
    `void plainClient.timeout(1).emitWithAck("tell", "x");`,
    `'tell' has no acknowledgement: give it one, a callback at the end of its parameters, or send it with emit()`,
  ],
  "other servers are asked for an answer to an event that has none": [
    `void plain.serverSideEmitWithAck("gossip");`,
    `'gossip' has no acknowledgement: give it one, a callback at the end of its parameters, or send it with emit()`,
  ],
  "the error that comes first in an answer is passed over": [
    `const id: Promise<string> = plainClient.emitWithAck("save");`,
    `Type 'Promise<Error | null>' is not assignable to type 'Promise<string>'.`,
  ],
  "the error that a timeout puts first is taken for the answer": [
    `const error: Promise<Error> = plainClient.timeout(1).emitWithAck("saved");`,
    `Type 'Promise<string>' is not assignable to type 'Promise<Error>'.`,
  ],
  "the second value of an answer is awaited": [
    `const unit: Promise<string> = plainClient.emitWithAck("two");`,
    `Type 'Promise<number>' is not assignable to type 'Promise<string>'.`,
  ],
  "the answer of one is taken for that of many": [
    `const answers: Promise<number> = plain.to("room").timeout(1).emitWithAck("withAck", "x");`,
    `Type 'Promise<number[]>' is not assignable to type 'Promise<number>'.`,
  ],
  "the answers of many are taken for that of one": [
    `plain.timeout(1).emit("withAck", "x", (_error, counts) => { const count: number = counts; });`,
    `Type 'number[]' is not assignable to type 'number'.`,
  ],
  "the answers of other servers are taken for that of one": [
    `const answer: Promise<string> = plain.serverSideEmitWithAck("ping", 1);`,
    `Type 'Promise<string[]>' is not assignable to type 'Promise<string>'.`,
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
  "a namespace is taken for one with other events": [
    `const given = plain.of("/x"); const other: Namespace<{ other: (id: number) => void }> = given;`,
    `Type 'Namespace<Plain, Plain, Servers, any>' is not assignable to type 'Namespace<{ other: (id: number) => void; }`,
  ],
  "a room has no name": [
    `void socket.join(7);`,
    `Argument of type 'number' is not assignable to parameter of type 'string | readonly string[]'.`,
  ],
  "a catch-all listener waits for an event that does not come": [
    `socket.onAny((...event) => event[0] === "typin");`,
    `the types '"message:send" | "typing"' and '"typin"' have no overlap.`,
  ],
  "a catch-all listener takes an argument for something else": [
    `socket.onAny((...event) => { if (event[0] === "typing") event[1].length; });`,
    `Property 'length' does not exist on type 'boolean'.`,
  ],
  "a middleware waits for an event that does not come": [
    `socket.use((packet, next) => (packet[0] === "typin" ? undefined : next()));`,
    `the types '"message:send" | "typing"' and '"typin"' have no overlap.`,
  ],
  "a middleware takes an argument for something else": [
    `socket.use((packet, next) => { if (packet[0] === "typing") packet[1].length; next(); });`,
    `Property 'length' does not exist on type 'boolean'.`,
  ],
  "a client disconnects for a reason of the server": [
    `client.on("disconnect", (reason) => reason === "client namespace disconnect");`,
    `and '"client namespace disconnect"' have no overlap.`,
  ],
  "a server disconnects for a reason of the client": [
    `socket.on("disconnect", (reason) => reason === "io client disconnect");`,
    `and '"io client disconnect"' have no overlap.`,
  ],
  "an error of connecting is taken for a text": [
    `client.on("connect_error", (error) => { const text: string = error; });`,
    `Type 'ExtendedError' is not assignable to type 'string'.`,
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
  "a handler forgets to return": [
    `socket.handle("message:send", () => {});`,
    `Type 'void' is not assignable to type 'PromiseLike<{ seq: number; }> | { seq: number; }'.`,
  ],
  "a handler of a plain map returns something else": [
    `plainSocket.handle("withAck", () => "one");`,
    `Type 'string' is not assignable to type 'number | PromiseLike<number>'.`,
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
import { type Namespace, Server, type Socket } from "@telsiz/server";
import { z } from "zod";
const chat = defineContract({
  clientToServer: {
    "message:send": { args: z.string(), ack: z.object({ seq: z.number() }), errors: { MUTED: z.object({ seconds: z.number() }) } },
    typing: { args: [z.boolean(), z.string().optional()] },
  },
  serverToClient: { confirm: { args: z.string(), ack: z.boolean() }, online: { args: z.number() } },
  auth: z.object({ name: z.string() }),
  data: type<{ seq: number }>(),
});
const io = new Server({ contract: chat });
const client = connect({ contract: chat, auth: { name: "Ada" } });
declare const socket: Parameters<Parameters<typeof io.use>[0]>[0];
interface Plain { withAck: (text: string, ack: (count: number) => void) => void }
interface FromClient {
  ask: (question: string, ack: (answer: boolean) => void) => void;
  two: (ack: (count: number, unit: string) => void) => void;
  save: (ack: (error: Error | null, id: string) => void) => void;
  saved: (ack: (error: Error, id: string) => void) => void;
  tell: (text: string) => void;
}
interface Servers { gossip: () => void; ping: (count: number, ack: (answer: string) => void) => void }
declare const plain: Server<Plain, Plain, Servers>;
declare const plainSocket: Socket<Plain>;
declare const plainClient: ClientSocket<Plain, FromClient>;
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
