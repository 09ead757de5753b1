/** A session whose transport takes nothing until the test says so. */
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { type EngineOptions, EngineServer, Session } from "../../src/server/index.ts";
import type { TransportHandler } from "../../src/shared/transport.ts";
import { noHandler, type ServerTransport } from "../../src/server/transports/server-transport.ts";
import { lengthOf, type OutgoingPacket, wireOf } from "../../src/shared/packet.ts";
import { TimerWheel } from "../../src/shared/timer-wheel.ts";
import { FakeClock } from "../shared/fake-clock.ts";

/** A transport that keeps what it is sent until {@link HeldTransport.drain}. */
export class HeldTransport implements ServerTransport {
  readonly name = "websocket";
  handler: TransportHandler = noHandler;
  writable = true;
  bufferedBytes = 0;
  readonly sent: OutgoingPacket[] = [];
  /** How many packets each call of `send` was given. */
  readonly batches: number[] = [];
  ended: "closed" | "discarded" | "destroyed" | undefined = undefined;

  send(packets: readonly OutgoingPacket[]): void {
    this.sent.push(...packets);
    this.batches.push(packets.length);
    for (const packet of packets) this.bufferedBytes += lengthOf(packet);
    this.writable = false;
  }

  /** The network takes everything. */
  drain(): void {
    this.bufferedBytes = 0;
    this.writable = true;
    this.handler.onDrain();
  }

  release(): void {}

  close(): void {
    this.ended ??= "closed";
    this.handler.onClose("transport close");
  }

  discard(): void {
    this.ended ??= "discarded";
  }

  destroy(): void {
    this.ended ??= "destroyed";
  }

  /** The messages among what was sent. */
  get texts(): unknown[] {
    return this.sent.map(wireOf).filter((wire) => typeof wire !== "string" || wire.startsWith("4"));
  }
}

/** An open session, with its transport holding the open packet. */
export function heldSession<T extends HeldTransport = HeldTransport>(
  options: EngineOptions = {},
  transport: T = new HeldTransport() as T,
): { session: Session; transport: T; clock: FakeClock; engine: EngineServer } {
  const engine = new EngineServer(options);
  const clock = new FakeClock();
  const request = new IncomingMessage(new Socket());
  const session = new Session(engine, "held", transport, request, new TimerWheel(clock));
  session.start();
  return { session, transport, clock, engine };
}

/** The end of this turn, when what was sent leaves and slow consumers are ended. */
export function turnEnd(): Promise<void> {
  return new Promise((resolve) => void setImmediate(() => void setImmediate(resolve)));
}
