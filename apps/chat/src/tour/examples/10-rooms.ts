import {
  next,
  type Outcome,
  type Stage,
  type TourSocket,
} from "../stage.ts";

export const expected: Outcome = {
  "Ada, a member throughout": "to members, after Bora left",
  "Bora, a member who left": "to members, to others",
  "Cem, never a member": "to others, to others",
};

export async function run({
  socket: ada,
  connect,
  token,
}: Stage): Promise<Outcome> {
  const [bora, cem] = [await connect(), await connect()];
  const room = `tour ${token}`;
  const heard = [ada, bora, cem].map((client) =>
    listen(client, room),
  );

  await ada.timeout(2000).emitWithAck("enter", room);
  await bora.timeout(2000).emitWithAck("enter", room);
  ada.emit("tell members", room, "to members");
  ada.emit("tell others", room, "to others");
  await next(
    cem,
    "told",
    (where, text) => where === room && text === "to others",
  );

  await bora.timeout(2000).emitWithAck("exit", room);
  ada.emit("tell members", room, "after Bora left");
  ada.emit("tell others", room, "to others");

  // Events arrive in order: whatever was meant for a client is there before this.
  const last = [ada, bora, cem].map((client) =>
    next(client, "announcement", (text) => text === token),
  );
  ada.emit("announce", token);
  await Promise.all(last);

  const [atAda, atBora, atCem] = heard.map((texts) =>
    texts.join(", "),
  );
  return {
    "Ada, a member throughout": atAda ?? "",
    "Bora, a member who left": atBora ?? "",
    "Cem, never a member": atCem ?? "",
  };
}

function listen(client: TourSocket, room: string): string[] {
  const texts: string[] = [];
  client.on("told", (where, text) => {
    if (where === room) texts.push(text);
  });
  return texts;
}
