import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "the speaker heard": "The bread is fresh",
  "a second client heard": "The bread is fresh",
  "a third client heard": "The bread is fresh",
};

export async function run({
  socket,
  connect,
  token,
}: Stage): Promise<Outcome> {
  const everybody = [socket, await connect(), await connect()];
  // Other windows may be on the tour as well: the token tells our announcement from theirs.
  const arrivals = everybody.map((client) =>
    next(client, "announcement", (text) => text.endsWith(token)),
  );

  socket.emit("announce", `The bread is fresh ${token}`);

  const [first, second, third] = await Promise.all(arrivals);
  const textOf = ([text]: [string] = [""]): string =>
    text.replace(` ${token}`, "");
  return {
    "the speaker heard": textOf(first),
    "a second client heard": textOf(second),
    "a third client heard": textOf(third),
  };
}
