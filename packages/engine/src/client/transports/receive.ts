/** Hands what came in on, and keeps what the layer above throws away from the platform. */
import { throwUncaught } from "@telsiz/events";
import { type Base64, type PacketReceiver, receivePacket } from "../../shared/codec.ts";
import { EngineParseError } from "../../shared/errors.ts";
import type { WirePacket } from "../../shared/packet.ts";

/** Hands one packet over. Returns the error if the packet is not valid. */
export function receive(
  wire: WirePacket,
  receiver: PacketReceiver,
  base64: Base64,
): EngineParseError | undefined {
  try {
    receivePacket(wire, receiver, base64);
  } catch (error) {
    // The text is Socket.IO's for this case.
    if (error instanceof EngineParseError) return new EngineParseError("server error", { cause: error });
    // A defect of the layer above: thrown at once it would tear through the platform's WebSocket or the loop over a
    // payload, and the packets that follow would be lost.
    throwUncaught(error);
  }
  return undefined;
}
