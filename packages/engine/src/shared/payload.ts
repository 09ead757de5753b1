/** Polling payloads: packets as text, joined by U+001E (protocol.md A.3). */
import { type Base64, toText } from "./codec.ts";
import { type OutgoingPacket, wireOf } from "./packet.ts";

const SEPARATOR = "\u001e";

/** Joins packets to the body of one HTTP message. */
export function encodePayload(packets: readonly OutgoingPacket[], base64: Base64): string {
  if (packets.length === 1) return toText(wireOf(packets[0]!), base64);
  return packets.map((packet) => toText(wireOf(packet), base64)).join(SEPARATOR);
}

/** Walks through a body packet by packet, so that a body of a million packets never becomes a list of them. */
export class PayloadReader {
  readonly #body: string;
  #position = 0;

  constructor(body: string) {
    this.#body = body;
  }

  /** The next packet, possibly empty text; `undefined` at the end. */
  next(): string | undefined {
    if (this.#position > this.#body.length) return undefined;
    const end = this.#body.indexOf(SEPARATOR, this.#position);
    const packet = this.#body.slice(this.#position, end < 0 ? undefined : end);
    this.#position = end < 0 ? this.#body.length + 1 : end + 1;
    return packet;
  }
}
