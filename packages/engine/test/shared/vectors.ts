/** The recorded Engine.IO vectors, with their tagged values made real. */
import fixture from "../vectors.json" with { type: "json" };

export interface PacketRecord {
  readonly type: string;
  readonly data?: unknown;
}

export interface Vector {
  readonly id: string;
  readonly direction: string;
  readonly api: string;
  readonly description: string;
  readonly packet?: PacketRecord;
  readonly packets?: readonly PacketRecord[];
  readonly supportsBinary?: boolean;
  readonly wire: unknown;
  readonly result?: unknown;
}

/** What was recorded of the frames of WebTransport. */
export interface FrameVector {
  readonly id: string;
  readonly description: string;
  /** What is written, or else what is read. */
  readonly packets?: readonly PacketRecord[];
  /** The bytes of all packets; of long ones the first. */
  readonly wire?: { readonly $bin: string; readonly totalBytes?: number };
  readonly wireChunks?: readonly string[];
  readonly maxPayload?: number;
  readonly result?: readonly PacketRecord[];
}

export const vectors = fixture.vectors as readonly Vector[];

export const frameVectors = fixture.webtransport as readonly FrameVector[];

/** The ids of all that was recorded of the engine, also of what is not replayed. */
export const recordedIds: readonly string[] = Object.values(fixture.ids).flat();

/** Bytes for `{"$bin": hex}`, long text for `{"$repeat": text, "times": n}`, all else as it stands. */
export function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$repeat" in value && "times" in value) return String(value.$repeat).repeat(Number(value.times));
  if (!("$bin" in value)) return value;
  return new Uint8Array(Buffer.from(String(value.$bin), "hex"));
}
