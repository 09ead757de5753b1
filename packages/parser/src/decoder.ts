/** The default decoder: a machine of two states over the messages of one connection. Socket.IO protocol, "Packet encoding". */

import { findSlots } from "./attachments.ts";
import type { Slot } from "./attachments.ts";
import { toArrayBuffer } from "./binary.ts";
import { decodeAttachments, decodeBody, decodeType } from "./decode.ts";
import type { Reviver } from "./decode.ts";
import { ParseError } from "./errors.ts";
import type { ParserLimits } from "./limits.ts";
import { BINARY_EVENT } from "./packet.ts";
import type { AckPacket, EventPacket, Packet } from "./packet.ts";
import type { BinaryType, Message, PacketDecoder } from "./parser.ts";

/** A packet with its attachments still under way. No object stands for Idle: most connections never leave it. */
interface Collecting {
  readonly packet: EventPacket | AckPacket;
  readonly slots: readonly (readonly Slot[])[];
  received: number;
  bytes: number;
}

/**
 * ```
 *            text, type 5 or 6                     last attachment: returns the packet
 *   Idle ──────────────────────▶ Collecting ─────────────────────────────────────────▶ Idle
 *    │ ▲                            │  ▲  │
 *    └─┘ text, other types:         └──┘  └──▶ Idle: reset(), or anything unlawful, which throws
 *        returns the packet         attachment
 * ```
 */
export class DefaultDecoder implements PacketDecoder {
  readonly #limits: ParserLimits;
  readonly #reviver: Reviver | undefined;
  readonly #binaryType: BinaryType;
  /** `undefined` is the state Idle. */
  #collecting: Collecting | undefined;

  constructor(limits: ParserLimits, reviver: Reviver | undefined, binaryType: BinaryType) {
    this.#limits = limits;
    this.#reviver = reviver;
    this.#binaryType = binaryType;
  }

  get pending(): boolean {
    return this.#collecting !== undefined;
  }

  add(message: Message): Packet | undefined {
    if (typeof message === "string") return this._onText(message);
    if (message instanceof Uint8Array) return this._onBinary(message);
    throw this._refusal(`Unknown type: ${String(message)}`);
  }

  reset(): void {
    this.#collecting = undefined;
  }

  private _onText(text: string): Packet | undefined {
    if (this.#collecting !== undefined)
      throw this._refusal("got plaintext data when reconstructing a packet");
    const type = decodeType(text);
    if (type < BINARY_EVENT) return decodeBody(type, text, 1, this.#limits, this.#reviver);
    const [count, start] = decodeAttachments(text, this.#limits);
    // The two binary types come out as EVENT and ACK.
    const packet = decodeBody(type, text, start, this.#limits, this.#reviver) as EventPacket | AckPacket;
    const slots = findSlots(packet.data, count, this.#limits.exactAttachments);
    this.#collecting = { packet, slots, received: 0, bytes: 0 };
    return undefined;
  }

  private _onBinary(bytes: Uint8Array): Packet | undefined {
    const collecting = this.#collecting;
    if (collecting === undefined) throw this._refusal("got binary data when not reconstructing a packet");
    collecting.bytes += bytes.byteLength;
    if (collecting.bytes > this.#limits.maxPacketBytes) throw this._refusal("attachments too large");
    const attachment = this.#binaryType === "arraybuffer" ? toArrayBuffer(bytes) : bytes;
    for (const [holder, key] of collecting.slots[collecting.received++]!) holder[key] = attachment;
    if (collecting.received < collecting.slots.length) return undefined;
    this.reset();
    return collecting.packet;
  }

  private _refusal(message: string): ParseError {
    this.reset();
    return new ParseError(message);
  }
}
