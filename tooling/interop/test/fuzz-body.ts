/** Recorded sessions with mistakes in them: bytes, order, cuts and doubles, the same for the same seed. */
import { loadVectors, seededRandom, type SessionVector } from "@telsiz/testkit";
import { expect } from "vitest";
import type { Frame } from "../src/websocket-peer.ts";
import { openHostilePeer } from "../src/hostile-peer.ts";
import type { HostileStage } from "./hostile-stage.ts";

type Random = () => number;

/** The packets of a recorded client, whichever transport carried them. */
function packetsOf({ messages }: SessionVector): Frame[] {
  return messages
    .filter(({ dir, kind }) => dir === "C>S" && (kind === "ws-frame" || kind === "http-request"))
    .flatMap(({ text, binary, body = "" }): Frame[] =>
      binary === undefined ? (text ?? body).split("\x1e") : [Buffer.from(binary, "hex")],
    )
    .filter((packet) => packet.length > 0);
}

/** All that clients were recorded to send. */
const RECORDED: readonly (readonly Frame[])[] = loadVectors("sessions")
  .map(packetsOf)
  .filter((packets) => packets.length > 0);

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

/** What attackers put into texts. */
const MORSELS = [
  "",
  "\u0000",
  "\u001e",
  "-",
  ",",
  "/",
  "[",
  "]",
  "{",
  '"',
  "\\",
  "9".repeat(20),
  "__proto__",
  "\ud800",
  "💥",
];

/** One mistake in one packet. */
function spoil(random: Random, packet: Frame): Frame {
  const at = Math.floor(random() * (packet.length + 1));
  if (typeof packet !== "string") {
    return Buffer.concat([
      packet.subarray(0, at),
      Buffer.of(Math.floor(random() * 256)),
      packet.subarray(at + 1),
    ]);
  }
  switch (Math.floor(random() * 6)) {
    case 0:
      return packet.slice(0, at);
    case 1:
      return packet.slice(0, at) + pick(random, MORSELS) + packet.slice(at);
    case 2:
      return packet.slice(0, at) + pick(random, MORSELS) + packet.slice(at + 1);
    case 3:
      return packet.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + packet.slice(at + 1);
    case 4:
      return packet + packet.slice(at);
    default:
      return Buffer.from(packet.slice(at));
  }
}

/** A session with mistakes: spoilt packets, some left out, doubled, or out of order. */
export function mutate(random: Random): Frame[] {
  const frames: Frame[] = [];
  for (const packet of pick(random, RECORDED)) {
    const choice = random();
    if (choice < 0.1) continue;
    if (choice < 0.2) frames.push(packet, packet);
    else if (choice < 0.5) frames.push(spoil(random, packet));
    else frames.splice(Math.floor(random() * (frames.length + 1)), choice < 0.6 ? 0 : frames.length, packet);
  }
  return frames;
}

/** Sends `count` of them to a live server, and looks at it after each. */
export async function fuzz(stage: HostileStage, seed: number, count: number): Promise<void> {
  const random = seededRandom(seed);
  for (let n = 0; n < count; n++) {
    const transport = random() < 0.8 ? "websocket" : "polling";
    const frames = mutate(random);
    const peer = await openHostilePeer(transport, stage.meeting.port, random() < 0.7);
    peer.send(frames);
    await peer.cut();
    const answer: unknown = await stage.neighbour.emitWithAck("echo", n);
    expect(answer, `seed ${seed}, session ${n}: ${JSON.stringify(frames.map(String))}`).toBe(n);
  }
}
