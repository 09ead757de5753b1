/** What a check of the client's API is given: sockets of their own, on the tour's namespace. */
import { connect, io, Manager, Socket } from "@telsiz/client";
import { Recorder } from "./recorder.ts";

export interface ClientStage {
  /** As exported by the client, and noted. */
  io: typeof io;
  /** Connected to `/tour` on a connection of its own. */
  socket: Socket;
  manager: Manager;
}

export const clientRecorder = new Recorder([
  ["Client", Socket],
  ["Manager", Manager],
]);

/** Gives `perform` a stage, and clears it afterwards. */
export async function onClientStage(perform: (stage: ClientStage) => Promise<unknown>): Promise<unknown> {
  const made: Socket[] = [];
  const noted = ((...args: Parameters<typeof io>) => {
    clientRecorder.note("io");
    const socket = io(...args);
    made.push(socket);
    return clientRecorder.watch(socket);
  }) as typeof io;
  const manager = clientRecorder.watch(new Manager({ autoConnect: false }));
  const socket = connect("/tour", { forceNew: true });
  made.push(socket);
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  try {
    return await perform({ io: noted, socket: clientRecorder.watch(socket), manager });
  } finally {
    for (const each of [...made, ...Object.values(manager.nsps)]) each.disconnect();
  }
}
