/** The address names the room, so that a link leads into it and the browser's back button out of it. */
import type { ChatClient } from "./chat-client.ts";

/** Stands between a room and the invitation to it; no room has it in its name. */
const MARK = "~";

export interface RoomLink {
  room: string;
  /** What lets in to a private room. */
  invite?: string;
}

export function roomInAddress(): RoomLink | undefined {
  try {
    const [room, invite] = decodeURIComponent(location.hash.slice(1)).split(MARK);
    return room ? { room, ...(invite !== undefined && { invite }) } : undefined;
  } catch {
    return undefined; // not something this page wrote
  }
}

export function linkTo({ room, invite }: RoomLink): string {
  const name = invite === undefined ? room : `${room}${MARK}${invite}`;
  return `${location.origin}${location.pathname}#${encodeURIComponent(name)}`;
}

export function followAddress(client: ChatClient): () => void {
  const onHash = (): void => {
    const link = roomInAddress();
    if (link !== undefined && link.room !== client.current) client.open(link.room, link.invite);
  };
  const stop = client.watch(() => {
    if (client.current !== "" && roomInAddress()?.room !== client.current)
      location.hash = encodeURIComponent(client.current);
  });
  addEventListener("hashchange", onHash);
  return () => {
    stop();
    removeEventListener("hashchange", onHash);
  };
}
