/** Events that wait for the socket to connect, in the order in which they were emitted. */
import type { EventPacket } from "@telsiz/parser";
import type { EmitFlags } from "@telsiz/socket";

/** An event that waits. */
export interface BufferedEvent {
  readonly packet: EventPacket;
  readonly flags: EmitFlags;
}

/** What a socket could not send yet. */
export class SendBuffer {
  #events: BufferedEvent[] = [];

  /** The waiting events. */
  get events(): readonly BufferedEvent[] {
    return this.#events;
  }

  /** The ids of acknowledgements whose events wait. */
  get ackIds(): Set<number> {
    return new Set(this.#events.map(({ packet }) => packet.id).filter((id) => id !== undefined));
  }

  push(packet: EventPacket, flags: EmitFlags): void {
    this.#events.push({ packet, flags });
  }

  /** Takes out the event that asked for this acknowledgement. */
  withdraw(ackId: number): void {
    this.#events = this.#events.filter(({ packet }) => packet.id !== ackId);
  }

  /** Takes all events out. */
  takeAll(): readonly BufferedEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
