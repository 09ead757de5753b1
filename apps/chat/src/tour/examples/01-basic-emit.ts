import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "the server heard": "Merhaba",
  "the page heard": "Hoş geldin",
};

export async function run({ socket }: Stage): Promise<Outcome> {
  const heard = next(socket, "heard");
  const answered = new Promise<string>((resolve) => {
    socket.on("say", (word) => resolve(word));
  });

  socket.emit("say", "Merhaba");

  const [word] = await heard;
  return {
    "the server heard": word,
    "the page heard": await answered,
  };
}
