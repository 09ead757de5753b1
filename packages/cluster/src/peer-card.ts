/** What a node tells another of the port at which it can be reached without the broker. */
import { ClusterFrameError } from "./errors.ts";

/** Where it is, and what both have to know. */
export interface PeerCard {
  readonly host: string;
  readonly port: number;
  /** Known to nodes of the cluster alone: it goes through the broker and never over the connection. */
  readonly secret: Buffer;
}

/** Writes a card. */
export function encodeCard({ host, port, secret }: PeerCard): Buffer {
  return Buffer.from(JSON.stringify({ host, port, secret: secret.toString("base64url") }));
}

/** Reads a card. @throws ClusterFrameError */
export function decodeCard(data: Buffer): PeerCard {
  try {
    const { host, port, secret } = JSON.parse(data.toString()) as Record<string, unknown>;
    if (typeof host === "string" && typeof port === "number" && typeof secret === "string") {
      return { host, port, secret: Buffer.from(secret, "base64url") };
    }
  } catch {
    // it is none
  }
  throw new ClusterFrameError("a node does not say where it can be reached");
}
