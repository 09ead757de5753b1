import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "2 + 3, says the server": "5",
  "a request without an answer": "operation has timed out",
  "7 × 6, says the page": "42",
  "a riddle without an answer": "operation has timed out",
};

export async function run({ socket }: Stage): Promise<Outcome> {
  const sum = await new Promise<string>((resolve) => {
    socket.timeout(2000).emit("add", 2, 3, (error, answer) => {
      resolve(error ? error.message : String(answer.sum));
    });
  });
  const silence = await new Promise<string>((resolve) => {
    socket
      .timeout(50)
      .emit("ponder", (error) =>
        resolve(error ? error.message : "answered"),
      );
  });

  // Now the server asks.
  socket.on("question", (question, reply) => {
    if (question === "7 × 6?") reply({ text: "42" });
  });
  const marked = next(socket, "marked");
  socket.emit("quiz me");

  const [answer, riddle] = await marked;
  return {
    "2 + 3, says the server": sum,
    "a request without an answer": silence,
    "7 × 6, says the page": answer,
    "a riddle without an answer": riddle,
  };
}
