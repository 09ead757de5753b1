/** A contract in which every event has the validators of another library. */
import { defineContract, type } from "@telsiz/events";
import { type as ark } from "arktype";
import * as v from "valibot";
import { z } from "zod";

/** What a note is. */
export const Note = z.object({ id: z.number().int(), text: z.string() });

/** A board of notes. */
export const board = defineContract({
  clientToServer: {
    // zod, one argument without brackets, an answer of valibot, errors of arktype and of none
    add: {
      args: z.string().trim().min(1).max(20),
      ack: v.object({ id: v.number() }),
      errors: { FULL: ark({ limit: "number" }), CLOSED: null },
    },
    // arktype and valibot side by side, the second may be left out
    move: { args: [ark({ x: "number", y: "number" }), v.optional(v.boolean())] },
    // zod that is asynchronous
    claim: {
      args: z.string().refine(async (name) => {
        await Promise.resolve();
        return name !== "taken";
      }, "is taken"),
      ack: z.boolean(),
    },
    // what only the compiler knows
    whisper: { args: [type<string>(), type<number | undefined>()], ack: type<string>() },
    // a default, and no answer
    title: { args: z.string().default("untitled") },
    clear: {},
    bulk: { args: z.array(z.string()), limits: { maxSize: 50, maxDepth: 1 }, ack: z.number() },
  },
  serverToClient: {
    added: { args: [Note, ark("string")] },
    confirm: { args: v.string(), ack: z.object({ yes: z.boolean() }), errors: { AWAY: null } },
  },
  serverToServer: {
    sync: { args: z.number() },
    count: { args: z.string(), ack: z.number() },
  },
  auth: z.strictObject({ name: z.string().min(1).max(10), level: z.number().default(1) }),
  data: type<{ notes: number }>(),
});
