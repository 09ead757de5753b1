/** Writes packets as WebSocket frames straight to a socket: one write for all that is small. */
import type { Writable } from "node:stream";
import { toText } from "../../shared/codec.ts";
import { type OutgoingPacket, PreparedPacket, type WirePacket, wireOf } from "../../shared/packet.ts";
import { asBuffer, nodeBase64 } from "../node-platform.ts";
import { Burst } from "./burst.ts";
import { binaryFrame, frameHeader, textFrame } from "./frame.ts";

/** Above this many bytes a binary message is written as it stands: copying it would cost more than another chunk. */
const LARGE_BYTES = 8192;

const lastBurst = new Burst();

/** Writes all of `packets`, in order. @param textOnly sends bytes as base64 text */
export function writeFrames(socket: Writable, packets: readonly OutgoingPacket[], textOnly: boolean): void {
  const known = textOnly ? undefined : lastBurst.framesOf(packets);
  if (known !== undefined) return void socket.write(known, "latin1");
  let frames = "";
  let corked = false;
  for (const packet of packets) {
    const wire = wireOf(packet);
    if (textOnly || typeof wire === "string" || wire.length <= LARGE_BYTES) {
      frames += textOnly ? frameOf(toText(wire, nodeBase64)) : sharedFrameOf(packet);
      continue;
    }
    if (!corked) socket.cork();
    corked = true;
    socket.write(frames + frameHeader("binary", wire.length), "latin1");
    socket.write(asBuffer(wire));
    frames = "";
  }
  if (frames !== "") socket.write(frames, "latin1");
  if (corked) socket.uncork();
  else if (!textOnly) lastBurst.keep(packets, frames);
}

/** The frame of a packet; made once for all receivers of a broadcast. */
function sharedFrameOf(packet: OutgoingPacket): string {
  if (packet instanceof PreparedPacket) return (packet.frame ??= frameOf(packet.wire));
  return frameOf(packet);
}

function frameOf(wire: WirePacket): string {
  return typeof wire === "string" ? textFrame(wire) : binaryFrame(wire);
}
