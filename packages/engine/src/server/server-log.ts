/** What an engine server logs: its sessions, and their packets. It listens as anybody can, and only to what is wanted. */
import type { Emitter, Log, Logs } from "@telsiz/events";
import { packetLine } from "../shared/packet-line.ts";
import type { EngineServerEvents } from "./engine-server-events.ts";
import type { Session } from "./session.ts";

/** Logs in the areas `telsiz:engine` and `telsiz:engine:packets`. */
export function logEngineServer(server: Emitter<EngineServerEvents>, logs: Logs): void {
  const log = logs("telsiz:engine");
  const logPacket = logs("telsiz:engine:packets");
  if (log !== undefined) {
    server.on("connection_error", ({ message, context }) =>
      log(`refused: ${message} ${JSON.stringify(context)}`),
    );
    server.on("connection", (session) => logSession(session, log));
  }
  if (logPacket !== undefined) server.on("connection", (session) => logPackets(session, logPacket));
}

function logSession(session: Session, log: Log): void {
  const say = (line: string): void => log(`${session.id} ${line}`);
  say(`opened over ${session.transport.name} from ${session.remoteAddress}`);
  session.on("upgrading", ({ name }) => say(`is about to move to ${name}`));
  session.on("upgrade", ({ name }) => say(`has moved to ${name}`));
  session.on("slow", () => say(`is slow: ${session.bufferedAmount} bytes wait`));
  session.on("error", (error) => say(`failed: ${String(error)}`));
  session.on("close", (reason) => say(`closed: ${reason}`));
}

function logPackets(session: Session, log: Log): void {
  session.on("packet", (packet) => log(`${session.id} < ${packetLine(packet)}`));
  session.on("packetCreate", (packet) => log(`${session.id} > ${packetLine(packet)}`));
}
