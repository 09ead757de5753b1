import { describeAll } from "../describe.ts";
import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "the server got": `2, "simit", { sesame: true, with: ["tea", { sugar: "1" }], note: null }, Buffer 01 02 03`,
  "the page got": `2, "simit", { sesame: true, with: ["tea", { sugar: "1" }], note: null }, ArrayBuffer 01 02 03`,
};

export async function run({ socket }: Stage): Promise<Outcome> {
  const ordered = next(socket, "ordered");

  const extras = {
    sesame: true,
    with: ["tea", { sugar: "1" }],
    note: null,
  };
  socket.emit(
    "order",
    2,
    "simit",
    extras,
    new Uint8Array([1, 2, 3]),
  );

  const [seenByTheServer, ...order] = await ordered;
  return {
    "the server got": seenByTheServer,
    "the page got": describeAll(order),
  };
}
