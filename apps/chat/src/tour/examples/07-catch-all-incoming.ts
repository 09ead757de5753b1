import { describeAll } from "../describe.ts";
import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "came in at the server": `wave("left"), count(1, 2, 3), read the log(ƒ)`,
  "came in at the page": `apple(1), pear(2, "ripe")`,
};

export async function run({ socket }: Stage): Promise<Outcome> {
  socket.emit("start a log", "incoming");
  socket.emit("wave", "left");
  socket.emit("count", 1, 2, 3);
  const atTheServer = await socket
    .timeout(2000)
    .emitWithAck("read the log");

  const atThePage: string[] = [];
  socket.onAny((event: string, ...args: unknown[]) => {
    atThePage.push(`${event}(${describeAll(args)})`);
  });
  const pear = next(socket, "pear");
  socket.emit("send fruit");
  await pear;

  return {
    "came in at the server": atTheServer.join(", "),
    "came in at the page": atThePage.join(", "),
  };
}
