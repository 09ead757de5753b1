/** What is in the history of a namespace: broadcasts for clients, and messages that have to keep their order with them. */
import type { AdapterNamespace, BroadcastFlags, Delivery, Room } from "@telsiz/adapter";
import { decodeBroadcast, type ItemHeader } from "./item.ts";

const NOBODY: ReadonlySet<Room> = new Set();

/** A broadcast, with its offset, and whom it was for. */
export interface HistoryBroadcast {
  readonly delivery: Delivery;
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room>;
  readonly flags: BroadcastFlags;
}

/** @param offset goes behind its arguments @throws ClusterFrameError, ParseError, EncodeError */
export function readBroadcast(
  nsp: AdapterNamespace,
  item: Buffer,
  header: ItemHeader,
  offset: string,
): HistoryBroadcast {
  const { options, flags, messages } = decodeBroadcast(item, header);
  const { rooms = NOBODY, except = NOBODY } = options ?? {};
  const delivery = nsp._prepare(nsp._restore(messages, flags).packet, flags, offset);
  return { delivery, rooms, except, flags };
}
