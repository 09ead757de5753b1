import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "20 + 22, says the server": "42",
  "a request without an answer": "operation has timed out",
  "9 × 9, says the page": "81",
  "a riddle without an answer": "operation has timed out",
};

export async function run({ socket }: Stage): Promise<Outcome> {
  const { sum } = await socket
    .timeout(2000)
    .emitWithAck("add", 20, 22);

  let silence = "answered";
  try {
    await socket.timeout(50).emitWithAck("ponder");
  } catch (error) {
    silence = (error as Error).message;
  }

  // Now the server asks.
  socket.on("question", (question, reply) => {
    if (question === "9 × 9?") reply({ text: "81" });
  });
  const marked = next(socket, "marked");
  socket.emit("quiz me with promises");

  const [answer, riddle] = await marked;
  return {
    "20 + 22, says the server": String(sum),
    "a request without an answer": silence,
    "9 × 9, says the page": answer,
    "a riddle without an answer": riddle,
  };
}
