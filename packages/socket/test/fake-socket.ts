/** A Socket whose packets go nowhere, and whose peer is the test. */
import type { EventMap, Listener, One, OneOrTimeout } from "@telsiz/events";
import { type AckPacket, type EventPacket, PacketType } from "@telsiz/parser";
import { type EmitFlags, EmitOperator, SocketBase } from "../src/index.ts";

/** The events of the fake socket itself. */
export interface FakeReservedEvents {
  disconnect: (reason: string) => void;
}

/** Untyped, unless a test says otherwise. */
type Untyped = Record<string, (...args: any[]) => void>;

/** The least that a Socket is made of. */
export class FakeSocket<
  Listen extends EventMap<Listen> = Untyped,
  Emit extends EventMap<Emit> = Untyped,
> extends SocketBase<Listen, Emit, FakeReservedEvents, boolean> {
  readonly _nspName = "/fake";
  /** What was sent. */
  readonly sent: [packet: EventPacket | AckPacket, flags: EmitFlags][] = [];
  /** What went wrong in listeners. */
  readonly faults: [error: unknown, event: string][] = [];
  /** The acknowledgements that are waited for no longer. */
  readonly withdrawn: number[] = [];
  /** Thrown instead of sending the next packet. */
  refuse: Error | undefined;
  #lastId = -1;

  get volatile(): EmitOperator<Emit, One, boolean> {
    return new EmitOperator<Emit, One, boolean>(this, { volatile: true });
  }

  compress(compress: boolean): EmitOperator<Emit, One, boolean> {
    return new EmitOperator<Emit, One, boolean>(this, { compress });
  }

  timeout(timeout: number): EmitOperator<Emit, OneOrTimeout, boolean> {
    return new EmitOperator<Emit, One, boolean>(this, {}).timeout(timeout);
  }

  /** An event comes from the peer. */
  receive(data: [string | number, ...unknown[]], id?: number): void {
    this.receiveEvent({ type: PacketType.EVENT, nsp: "/fake", data, id });
  }

  /** The peer answers. */
  answer(id: number | undefined, ...data: unknown[]): void {
    this.receiveAck({ type: PacketType.ACK, nsp: "/fake", data, id });
  }

  /** Calls the listeners of an event of its own. */
  raise(event: keyof FakeReservedEvents, ...args: unknown[]): boolean {
    return this.dispatch(event, args);
  }

  override _emitEvent(event: string, args: readonly unknown[], flags: EmitFlags): boolean {
    this.sendEvent(event, args, flags);
    return true;
  }

  protected override sendPacket(packet: EventPacket | AckPacket, flags: EmitFlags): void {
    const { refuse } = this;
    this.refuse = undefined;
    if (refuse !== undefined) throw refuse;
    if (packet.type === PacketType.EVENT) this._notifyOutgoing(packet.data);
    this.sent.push([packet, flags]);
  }

  protected override nextAckId(): number {
    return ++this.#lastId;
  }

  protected override withdraw(id: number): void {
    this.withdrawn.push(id);
  }

  override _onInvalidEvent(): void {
    // it has no contract
  }

  protected override onHandlerError(error: unknown, event: string): void {
    this.faults.push([error, event]);
  }
}

/** A listener that writes down its name and its arguments. */
export function logger(): { heard: unknown[][]; log: (name: string) => Listener } {
  const heard: unknown[][] = [];
  return {
    heard,
    log:
      (name) =>
      (...args: unknown[]) => {
        heard.push([name, ...args]);
      },
  };
}
