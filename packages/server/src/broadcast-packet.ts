/** The packet of an event that does not go to one socket of this server alone. */
import { type EventPacket, PacketType, RESERVED_EVENTS } from "@telsiz/parser";
import { ReservedEventError } from "@telsiz/socket";
import type { Terms } from "./terms.ts";

/** What such a packet sees of its namespace. */
export interface PacketNamespace {
  readonly name: string;
  readonly _terms: Terms;
  /** A function of the application failed. */
  _onHandlerError(error: unknown, socket: unknown, event: string): void;
}

/** @throws ReservedEventError, InvalidEventError */
export function broadcastPacket(nsp: PacketNamespace, event: string, args: readonly unknown[]): EventPacket {
  if (RESERVED_EVENTS.has(event)) throw new ReservedEventError(event);
  const report = (error: unknown): void => nsp._onHandlerError(error, undefined, event);
  const sent = nsp._terms.prepare(event, args, report);
  return { type: PacketType.EVENT, nsp: nsp.name, data: [event, ...sent] };
}
