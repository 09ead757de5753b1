/**
 * What a burst of broadcasts sends to one connection: several packets, in one write. The next connection is given the
 * very same packets, so their joined frames are kept, which are put into one piece when they are first written.
 */
import { type OutgoingPacket, PreparedPacket } from "../../shared/packet.ts";

/** Longer frames are not kept: they would stay in memory until the next burst. In characters, which are bytes here. */
const LONGEST_KEPT = 131_072;

/** The last burst. */
export class Burst {
  #packets: readonly OutgoingPacket[] = [];
  #frames = "";

  /** The frames of `packets`, if these are the packets of the last burst. */
  framesOf(packets: readonly OutgoingPacket[]): string | undefined {
    const kept = this.#packets;
    if (packets.length !== kept.length || packets.length === 0) return undefined;
    for (let index = 0; index < kept.length; index++) if (packets[index] !== kept[index]) return undefined;
    return this.#frames;
  }

  /** Keeps the frames of `packets` if others may be given the same. */
  keep(packets: readonly OutgoingPacket[], frames: string): void {
    if (packets.length === 1 || frames.length > LONGEST_KEPT) return;
    if (!packets.every((packet) => packet instanceof PreparedPacket)) return;
    this.#packets = packets;
    this.#frames = frames;
  }
}
