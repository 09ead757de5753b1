import { describe } from "../describe.ts";
import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "the server got": `{ sensor: { room: "kitchen", floor: 2 }, celsius: [21.5, 22] }`,
  "the page got": `{ sensor: { room: "kitchen", floor: 2 }, celsius: [19, 20.5] }`,
};

export async function run({ socket }: Stage): Promise<Outcome> {
  const noted = next(socket, "noted");

  // No JSON.stringify() here, and no JSON.parse() on the other side.
  socket.emit("reading", {
    sensor: { room: "kitchen", floor: 2 },
    celsius: [21.5, 22],
  });

  const [seenByTheServer, reading] = await noted;
  return {
    "the server got": seenByTheServer,
    "the page got": describe(reading),
  };
}
