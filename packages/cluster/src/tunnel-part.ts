/** Parts of tunnels: what goes through one, as it stands in an item (docs/cluster.md, "Items"). A codec without state. */
import { ClusterFrameError } from "./errors.ts";
import { ItemKind, startItem } from "./item.ts";

/** What a part does. */
export const PartKind = {
  /** Begins a tunnel. */
  OPEN: 1,
  /** The other node takes it. */
  ACCEPT: 2,
  /** Bytes. */
  DATA: 3,
  /** No more bytes will come. */
  END: 4,
  /** Nobody is there any more. */
  ABORT: 5,
  /** So many bytes were taken: as many more may be sent. */
  TAKEN: 6,
} as const;
/** One of the numbers of {@link PartKind}. */
export type PartKind = (typeof PartKind)[keyof typeof PartKind];

/** A part that was read. */
export interface TunnelPart {
  /** What it does. */
  readonly kind: PartKind;
  /** Whether the node that sends it has opened the tunnel. */
  readonly fromOpener: boolean;
  /** The tunnel's number, by its opener. */
  readonly number: number;
  /** The bytes; they stay where they are. */
  readonly data: Buffer;
}

/** The bit of a part of the node that opened the tunnel. */
const FROM_OPENER = 0x80;
const NUMBER_AT = 1;
const DATA_AT = 5;
const NO_DATA: Uint8Array = new Uint8Array(0);

/** Writes a part as an item. */
export function encodePart(
  kind: PartKind,
  fromOpener: boolean,
  number: number,
  data: Uint8Array = NO_DATA,
): Buffer {
  const { item, bodyAt } = startItem(ItemKind.TUNNEL, "", DATA_AT + data.length);
  item[bodyAt] = fromOpener ? kind | FROM_OPENER : kind;
  item.writeUInt32BE(number, bodyAt + NUMBER_AT);
  item.set(data, bodyAt + DATA_AT);
  return item;
}

/** Reads the body of an item. @throws ClusterFrameError */
export function decodePart(body: Buffer): TunnelPart {
  const kind = (body[0] ?? 0) & ~FROM_OPENER;
  const isKnown = kind >= PartKind.OPEN && kind <= PartKind.TAKEN;
  if (body.length < DATA_AT || !isKnown || (kind === PartKind.TAKEN && body.length < DATA_AT + 4)) {
    throw new ClusterFrameError("a part of a tunnel is of a kind that is not known here, or ends too early");
  }
  return {
    kind: kind as PartKind,
    fromOpener: (body[0]! & FROM_OPENER) !== 0,
    number: body.readUInt32BE(NUMBER_AT),
    data: body.subarray(DATA_AT),
  };
}
