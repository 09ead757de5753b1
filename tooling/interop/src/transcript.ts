/**
 * What a session means: the packets of each side in their order, whatever requests and frames carried them, what
 * the applications saw, and what was asked for. Ids and dates vary, and so does when a waiting poll is let go.
 */
import type { SessionMessage } from "@telsiz/testkit";

/** The meaning of a session. */
export interface Transcript {
  fromClient: string[];
  fromServer: string[];
  /** How many WebSockets were closed; often both sides do it at once. */
  closedWebSockets: number;
  /** The distinct requests, by method and sorted query. */
  requests: string[];
  /** What the applications saw, sorted: sides are not synchronized. */
  notes: string[];
}

/** Says what the bytes of a binary frame are, given as hexadecimal digits. */
export type DescribeBinary = (hex: string) => string;

/** Reads a recording. @param describeBinary by default, the bytes are compared as they are */
export function readTranscript(
  messages: readonly SessionMessage[],
  describeBinary: DescribeBinary = (hex) => hex,
): Transcript {
  const packets = messages.flatMap((message) => {
    const { dir, kind, method, status, body = "", text, binary } = message;
    if (kind === "http-request" && method === "POST") return ofPayload(dir, body);
    if (kind === "http-response") return ofAnswer(dir, status!, body);
    if (kind === "ws-frame")
      return [{ dir, packet: binary === undefined ? ofText(text!) : `binary ${describeBinary(binary)}` }];
    return [];
  });
  const from = (side: string): string[] =>
    packets
      .filter(({ dir, packet }) => dir === side && packet !== "6")
      .map(({ packet }) => anonymous(packet));
  return {
    fromClient: from("C>S"),
    fromServer: from("S>C"),
    closedWebSockets: new Set(messages.filter(({ kind }) => kind === "ws-close").map(({ ws }) => ws)).size,
    requests: [...new Set(messages.flatMap(requestOf))].sort(),
    notes: messages
      .filter(({ dir }) => dir === "NOTE")
      .map(noteOf)
      .sort(),
  };
}

interface Sent {
  readonly dir: string;
  readonly packet: string;
}

function ofPayload(dir: string, body: string): Sent[] {
  return body.split("\x1e").map((packet) => ({ dir, packet: ofText(packet) }));
}

function ofAnswer(dir: string, status: number, body: string): Sent[] {
  if (status !== 200) return [{ dir, packet: `status ${status} ${body}`.trim() }];
  return body === "ok" ? [] : ofPayload(dir, body);
}

function ofText(text: string): string {
  return text.startsWith("b") ? `base64 ${Buffer.from(text.slice(1), "base64").toString("hex")}` : text;
}

/** An offset of Socket.IO's server or ours, as a credential or behind the arguments of an event. */
const OFFSETS = /(?:"offset":|,)"(?:[\w-]{7}(?:\.[\w-]+)?|[\w-]{20}\.[0-9a-z]+)"(?=[,}\]])/g;

function anonymous(packet: string): string {
  return packet
    .replaceAll(/"(sid|pid)":"[^"]*"/g, '"$1":"<id>"')
    .replaceAll(OFFSETS, (offset) => offset.replace(/"[^"]*"$/, '"<offset>"'));
}

function requestOf({ kind, method, url }: SessionMessage): string[] {
  if (kind !== "http-request" && kind !== "ws-upgrade-request") return [];
  const { pathname, searchParams } = new URL(url!, "http://localhost");
  for (const name of ["t", "sid"]) if (searchParams.has(name)) searchParams.set(name, `<${name}>`);
  searchParams.sort();
  return [`${method ?? "upgrade"} ${pathname}?${decodeURIComponent(searchParams.toString())}`];
}

function noteOf({ actor, event, value }: SessionMessage): string {
  return anonymous(`${actor} ${event} ${value === undefined ? "" : JSON.stringify(value)}`.trim());
}
