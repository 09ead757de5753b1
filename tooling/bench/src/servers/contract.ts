/**
 * The application's echoes with a contract, by the program's argument: `types` for what only the compiler knows, or a
 * library's validators; with `off` behind it they are there and not called.
 */
import { createServer } from "node:http";
import { defineContract, type, type Validator } from "@telsiz/events";
import { Server } from "@telsiz/server";
import * as v from "valibot";
import { z } from "zod";
import { listenAndAnnounce } from "./announce.ts";
import { serveApplication } from "./application.ts";

/** What the two events that are measured bring: a short text, and a list of objects. */
interface Validators {
  readonly text: Validator;
  readonly orders: Validator;
}

const createValidators: Readonly<Record<string, () => Validators>> = {
  types: () => ({ text: type<string>(), orders: type<readonly object[]>() }),
  zod: () => ({
    text: z.string().min(1).max(100),
    orders: z.array(
      z.object({
        id: z.int(),
        side: z.enum(["buy", "sell"]),
        price: z.number(),
        owner: z.object({ name: z.string(), tags: z.array(z.string()) }),
      }),
    ),
  }),
  valibot: () => ({
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    orders: v.array(
      v.object({
        id: v.pipe(v.number(), v.integer()),
        side: v.picklist(["buy", "sell"]),
        price: v.number(),
        owner: v.object({ name: v.string(), tags: v.array(v.string()) }),
      }),
    ),
  }),
};

const [library, off] = process.argv.slice(2);
const { text, orders } = createValidators[library!]!(); // the benchmark names one that there is
const events = { echo: { args: text }, orders: { args: orders } };
const contract = defineContract({ clientToServer: events, serverToClient: events });

const httpServer = createServer();
const io = new Server(httpServer, { contract, validate: { incoming: off === undefined } });
serveApplication(io);
listenAndAnnounce(httpServer);
