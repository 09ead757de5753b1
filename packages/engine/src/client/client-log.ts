/** What an engine client logs: where it connects, how that goes on, and its packets. */
import type { Logs } from "@telsiz/events";
import { packetLine } from "../shared/packet-line.ts";
import type { EngineClient } from "./engine-client.ts";

/** Logs in the areas `telsiz:client` and `telsiz:client:packets`. */
export function logEngineClient(client: EngineClient, logs: Logs): void {
  const log = logs("telsiz:client");
  const logPacket = logs("telsiz:client:packets");
  if (log !== undefined) {
    const { hostname, port, path } = client.opts;
    const say = (line: string): void => log(`${hostname}:${port}${path} ${line}`);
    say("is connected to");
    client.on("open", () => say(`opened as ${client.id} over ${client.transport.name}`));
    client.on("upgrading", ({ name }) => say(`is about to move to ${name}`));
    client.on("upgrade", ({ name }) => say(`has moved to ${name}`));
    client.on("upgradeError", ({ message }) => say(`did not move: ${message}`));
    client.on("error", ({ message }) => say(`failed: ${message}`));
    client.on("close", (reason) => say(`closed: ${reason}`));
  }
  if (logPacket === undefined) return;
  client.on("packet", (packet) => logPacket(`${client.id} < ${packetLine(packet)}`));
  client.on("packetCreate", (packet) => logPacket(`${client.id} > ${packetLine(packet)}`));
}
