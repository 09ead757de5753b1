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

export const vectors = fixture.vectors as readonly Vector[];

/** The ids of all that was recorded of the engine, also of what is not replayed. */
export const recordedIds: readonly string[] = Object.values(fixture.ids).flat();

/** Bytes for `{"$bin": hex}`, all else as it stands. */
export function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$bin" in value)) return value;
  return new Uint8Array(Buffer.from(String(value.$bin), "hex"));
}
