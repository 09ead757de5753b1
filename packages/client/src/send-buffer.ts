/** Events that wait for the socket to connect, in the order in which they were emitted. */
import type { EventPacket } from "@telsiz/parser";
import type { EmitFlags } from "@telsiz/socket";

/** An event that waits. */
export interface BufferedEvent extends EventPacket {
  /** What was said about its emit. */
  readonly options: EmitFlags;
}

/** What a socket could not send yet. */
export class SendBuffer {
  /** The waiting events. The application may take some out, or all. */
  events: BufferedEvent[] = [];

  /** The ids of acknowledgements whose events wait. */
  get ackIds(): Set<number> {
    return new Set(this.events.map(({ id }) => id).filter((id) => id !== undefined));
  }

  push(packet: EventPacket, flags: EmitFlags): void {
    this.events.push({ ...packet, options: flags });
  }

  /** Takes out the event that asked for this acknowledgement. */
  withdraw(ackId: number): void {
    this.events = this.events.filter(({ id }) => id !== ackId);
  }

  /** Takes all events out. */
  takeAll(): readonly BufferedEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }
}
