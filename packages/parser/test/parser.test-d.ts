import { describe, expectTypeOf, it } from "vitest";
import type { BlobLike, Encoded, EventPacket, Message, Packet, Parser } from "../src/index.ts";
import { defaultParser, PacketType } from "../src/index.ts";

describe("the types of the parser", () => {
  it("tell packets apart by their type", () => {
    const packet = {} as Packet;
    if (packet.type === PacketType.EVENT) expectTypeOf(packet).toEqualTypeOf<EventPacket>();
    expectTypeOf<Packet["type"]>().toEqualTypeOf<0 | 1 | 2 | 3 | 4>();
  });

  it("let an encoded packet be one message, or a list that may hold Blobs", () => {
    expectTypeOf<Encoded>().toEqualTypeOf<Message | readonly (Message | BlobLike)[]>();
    expectTypeOf<Blob>().toExtend<BlobLike>();
  });

  it("make the default parser one of several", () => {
    expectTypeOf(defaultParser).toEqualTypeOf<Parser>();
    // @ts-expect-error an event has data
    defaultParser.encode({ type: 2, nsp: "/" });
    // @ts-expect-error binary types are chosen by the encoder
    defaultParser.encode({ type: 5, nsp: "/", data: [] });
  });
});
