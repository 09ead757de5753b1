import { describeAll } from "../describe.ts";
import { next, type Outcome, type Stage } from "../stage.ts";

export const expected: Outcome = {
  "went out of the page": `start a log("outgoing"), send fruit(), wave("right")`,
  "went out of the server": `apple(1), pear(2, "ripe")`,
};

export async function run({ socket }: Stage): Promise<Outcome> {
  const ofThePage: string[] = [];
  const note = (event: string, ...args: unknown[]): void => {
    ofThePage.push(`${event}(${describeAll(args)})`);
  };
  socket.onAnyOutgoing(note);

  const pear = next(socket, "pear");
  socket.emit("start a log", "outgoing");
  socket.emit("send fruit");
  socket.emit("wave", "right");
  await pear;

  socket.offAnyOutgoing(note);
  const ofTheServer = await socket
    .timeout(2000)
    .emitWithAck("read the log");
  return {
    "went out of the page": ofThePage.join(", "),
    "went out of the server": ofTheServer.join(", "),
  };
}
