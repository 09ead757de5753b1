/** The sessions that docs/wire.md writes down under "Delivery". */
import { readFileSync } from "node:fs";

/** A frame of one. */
export interface DeliveryFrame {
  /** `>` of the client, `x` of the client and lost, `<` of the server. */
  readonly mark: ">" | "x" | "<";
  /** The text of the Engine.IO packet, with names in place of ids. */
  readonly frame: string;
}

/** One connection of a session. */
export interface DeliveryConnection {
  /** Whether the server was restarted before. */
  readonly restarted: boolean;
  readonly frames: readonly DeliveryFrame[];
}

const SEPARATOR = /\n(---|=== restart)\n/;

/** Reads them: each is a list of connections. */
export function loadDeliveryVectors(): readonly (readonly DeliveryConnection[])[] {
  const page = readFileSync(new URL("../../../docs/wire.md", import.meta.url), "utf8");
  const blocks = page.split("```txt\n").slice(1);
  return blocks.map((block) => connectionsOf(block.slice(0, block.indexOf("\n```"))));
}

function connectionsOf(text: string): readonly DeliveryConnection[] {
  const [first = "", ...rest] = text.split(SEPARATOR);
  const connections = [{ restarted: false, frames: framesOf(first) }];
  for (let index = 0; index < rest.length; index += 2) {
    connections.push({ restarted: rest[index] === "=== restart", frames: framesOf(rest[index + 1] ?? "") });
  }
  return connections;
}

function framesOf(text: string): readonly DeliveryFrame[] {
  return text.split("\n").map((line) => ({ mark: line[0] as DeliveryFrame["mark"], frame: line.slice(2) }));
}
