/** A socket of another server, reached through the adapter (api-surface.md 5). */
import type { BroadcastFlags, BroadcastOptions, Room, SocketDetails, SocketId } from "@telsiz/adapter";
import { checkDurations, type EventMap, type Listener } from "@telsiz/events";
import { DisconnectedError } from "@telsiz/socket";
import { type AnswersCallback, broadcastAndCollect, type CollectingNamespace } from "./broadcast-acks.ts";
import { broadcastPacket, type PacketNamespace } from "./broadcast-packet.ts";
import { BroadcastTimeoutRequiredError } from "./errors.ts";
import type { Handshake } from "./handshake.ts";
import type { RemoteSocket, TimedRemoteSocket } from "./remote-socket.ts";

/** What it sees of its namespace here. */
export interface ForeignNamespace extends CollectingNamespace, PacketNamespace {
  /** Calls a function of the application, which may throw without harm to anything else. */
  _callHandler(handler: Listener, args: readonly unknown[], event: string): void;
}

/** Whether an adapter gave a socket itself, and not only what is known of it. */
export function isWholeSocket(details: SocketDetails): boolean {
  return "emit" in details && typeof details.emit === "function";
}

/** Everything but what was known when it was fetched goes to its server, as to a room with one member. */
export class ForeignSocket<Emit extends EventMap<Emit>, SocketData> implements RemoteSocket<
  Emit,
  SocketData
> {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: Set<Room>;
  readonly data: SocketData;
  readonly #nsp: ForeignNamespace;

  constructor(nsp: ForeignNamespace, details: SocketDetails) {
    this.#nsp = nsp;
    this.id = details.id;
    this.rooms = new Set(details.rooms);
    // Its own server made these, of the same kinds.
    this.handshake = details.handshake as Handshake;
    this.data = details.data as SocketData;
  }

  emit(event: string, ...args: unknown[]): true {
    if (typeof args.at(-1) === "function") throw new BroadcastTimeoutRequiredError(event);
    this.#watch(
      this.#nsp.adapter.broadcast(broadcastPacket(this.#nsp, event, args), this.#options()),
      "broadcast",
    );
    return true;
  }

  timeout(timeout: number): TimedRemoteSocket<Emit> {
    checkDurations({ timeout }, "timeout");
    const timed = {
      emit: (event: string, ...args: unknown[]) => this.#emitTimed(event, args, timeout),
      emitWithAck: (event: string, ...args: unknown[]) =>
        new Promise((resolve, reject) => {
          this.#request(event, args, timeout, (error, answer) =>
            error === null ? resolve(answer) : reject(error),
          );
        }),
    };
    return timed as TimedRemoteSocket<Emit>; // the map is the peer's word for what it answers
  }

  join(rooms: Room | readonly Room[]): void {
    const list = typeof rooms === "object" ? rooms : [rooms];
    this.#watch(this.#nsp.adapter.addSockets(this.#options(), list), "addSockets");
  }

  leave(room: Room): void {
    this.#watch(this.#nsp.adapter.delSockets(this.#options(), [room]), "delSockets");
  }

  disconnect(close = false): this {
    this.#watch(this.#nsp.adapter.disconnectSockets(this.#options(), close), "disconnectSockets");
    return this;
  }

  #emitTimed(event: string, args: unknown[], timeoutMs: number): true {
    const last = args.at(-1);
    if (typeof last !== "function") return this.emit(event, ...args);
    this.#request(event, args.slice(0, -1), timeoutMs, (...answer) => {
      this.#nsp._callHandler(last as Listener, answer, event);
    });
    return true;
  }

  #request(
    event: string,
    args: readonly unknown[],
    timeoutMs: number,
    onAnswer: (error: Error | null, answer?: unknown) => void,
  ): void {
    const packet = broadcastPacket(this.#nsp, event, args);
    const onSettled: AnswersCallback = (error, answers) => {
      if (answers.length > 0) onAnswer(null, answers[0]);
      else onAnswer(error?.cause ?? new DisconnectedError()); // no server has it any more
    };
    broadcastAndCollect(this.#nsp, packet, this.#options({ timeout: timeoutMs }), timeoutMs, onSettled, 1);
  }

  #options(flags: BroadcastFlags = {}): BroadcastOptions {
    return { rooms: new Set([this.id]), except: new Set(), flags };
  }

  #watch(outcome: Promise<void> | void, method: string): void {
    this.#nsp._watch(outcome, method);
  }
}
