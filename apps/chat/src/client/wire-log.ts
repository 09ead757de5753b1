/** What crosses the wire, packet by packet, as the public events of the engine tell it. */
import type { SocketMaker } from "@telsiz/client";
import { defaultParser, type Packet, type PacketDecoder, PacketType } from "@telsiz/parser";
import { Changes } from "./changes.ts";

/** A packet of the engine, taken apart. */
interface EnginePacket {
  readonly type: string;
  readonly data?: string | Uint8Array;
}

export type Direction = "in" | "out";

export interface WireEntry {
  readonly number: number;
  readonly at: number;
  readonly direction: Direction;
  /** What kind of packet: an event, an acknowledgement, a ping. */
  readonly kind: string;
  /** What is in it, in words. */
  readonly text: string;
  /** In bytes; of a packet in several messages all of them. */
  readonly size: number;
  /** Of an event that asks for an acknowledgement, and of that: what they have in common. */
  readonly ackId?: number;
  /** The number of the packet that this one answers, or that answers it. */
  partner?: number;
  /** Time from the question to this answer, in milliseconds. */
  roundTripMs?: number;
}

/** Packets that are kept; older ones make place. */
const KEPT = 300;
/** Characters of a packet that are shown. */
const SHOWN = 400;

export class WireLog {
  readonly changes = new Changes();
  entries: readonly WireEntry[] = [];
  /** Of the last question that was answered, in milliseconds. */
  roundTripMs: number | undefined;
  /** That of the current connection, or of the last one. */
  #engine: SocketMaker["engine"] | undefined;
  #count = 0;
  /** The questions of either side that wait for their answer. */
  #open = new Map<string, WireEntry>();
  #assemblies!: Record<Direction, Assembly>;

  constructor(manager: SocketMaker) {
    manager.on("open", () => this.#attach(manager.engine));
  }

  get transport(): string {
    return this.#engine === undefined ? "none" : this.#engine.transport.name;
  }

  /** Bytes that were sent, and have not left this machine yet. */
  get bufferedBytes(): number {
    return this.#engine?.bufferedAmount ?? 0;
  }

  clear(): void {
    this.entries = [];
    this.changes.tell();
  }

  #attach(engine: SocketMaker["engine"]): void {
    this.#engine = engine;
    this.#open = new Map();
    this.#assemblies = { in: new Assembly(), out: new Assembly() };
    this.#add({ direction: "in", kind: "open", text: `a session on ${this.transport}`, size: 0 });
    engine.on("packet", (packet) => this.#note("in", packet));
    engine.on("packetCreate", (packet) => this.#note("out", packet));
    engine.on("upgrade", ({ name }) => {
      this.#add({ direction: "out", kind: "upgrade", text: `the session moves to ${name}`, size: 0 });
    });
    engine.on("close", (reason) => {
      this.#add({ direction: "in", kind: "close", text: reason, size: 0 });
    });
  }

  #note(direction: Direction, { type, data }: EnginePacket): void {
    if (type !== "message" || data === undefined) {
      this.#add({ direction, kind: type, text: typeof data === "string" ? data : "", size: 1 });
      return;
    }
    const whole = this.#assemblies[direction].add(data);
    if (whole) this.#addPacket(direction, whole.packet, whole.size);
  }

  #addPacket(direction: Direction, packet: Packet, size: number): void {
    const ackId = "id" in packet ? packet.id : undefined;
    const fields = { direction, size, ...textOf(packet), ...(ackId !== undefined && { ackId }) };
    const entry = this.#add(fields);
    if (ackId === undefined) return;
    // An answer goes the other way than its question.
    if (packet.type === PacketType.EVENT) this.#open.set(`${direction}${ackId}`, entry);
    else this.#link(entry, `${direction === "in" ? "out" : "in"}${ackId}`);
  }

  #link(answer: WireEntry, key: string): void {
    const question = this.#open.get(key);
    if (!question) return;
    this.#open.delete(key);
    question.partner = answer.number;
    answer.partner = question.number;
    answer.roundTripMs = answer.at - question.at;
    if (answer.direction === "in") this.roundTripMs = answer.roundTripMs;
  }

  #add(fields: Pick<WireEntry, "direction" | "kind" | "text" | "size" | "ackId">): WireEntry {
    const entry = { ...fields, number: ++this.#count, at: performance.now() };
    this.entries = [...this.entries, entry].slice(-KEPT);
    this.changes.tell();
    return entry;
  }
}

/** Puts the messages of one direction together to packets. */
class Assembly {
  readonly #decoder: PacketDecoder = defaultParser.createDecoder();
  #size = 0;

  add(message: string | Uint8Array): { packet: Packet; size: number } | undefined {
    this.#size += lengthOf(message);
    const packet = this.#decoder.add(message);
    if (!packet) return undefined;
    const size = this.#size;
    this.#size = 0;
    return { packet, size };
  }
}

const KINDS = ["connect", "disconnect", "event", "ack", "connect error"];

function textOf(packet: Packet): { kind: string; text: string } {
  const kind = KINDS[packet.type] ?? "packet";
  if (packet.type === PacketType.DISCONNECT) return { kind, text: packet.nsp };
  if (packet.type !== PacketType.EVENT) return { kind, text: shorten(inWords(packet.data)) };
  const [name, ...args] = packet.data;
  return { kind, text: shorten(`${String(name)}(${args.map(inWords).join(", ")})`) };
}

function shorten(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** A value as JSON, with bytes by their number, and without the secret that credentials hold. */
function inWords(value: unknown): string {
  const seen = (key: string, inner: unknown): unknown => {
    if (key === "secret") return "…";
    return inner instanceof Uint8Array || inner instanceof ArrayBuffer
      ? `<${inner.byteLength} bytes>`
      : inner;
  };
  return JSON.stringify(value, seen);
}

/** Bytes, or UTF-16 units of text: exact for ASCII, and close enough to show. */
function lengthOf(data: string | Uint8Array): number {
  return data.length;
}
