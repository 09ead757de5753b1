/** An emit with modifiers, which may still turn into a broadcast: `socket.volatile.to("room").emit(...)`. */
import type { Room } from "@telsiz/adapter";
import { type AckMode, checkDurations, type EventMap, type OneOrTimeout } from "@telsiz/events";
import { type EmitFlags, EmitOperator, type EmitTarget } from "@telsiz/socket";
import { checkLatestKey } from "./latest-key.ts";
import type { BroadcastOperator } from "./broadcast-operator.ts";

/** What the operator sees of its socket. */
export interface SocketOperatorTarget<Emit extends EventMap<Emit>, SocketData> extends EmitTarget<true> {
  /** To all others in the namespace, with these flags. */
  _broadcast(flags: EmitFlags): BroadcastOperator<Emit, SocketData>;
}

/** Made by `socket.volatile`, `socket.timeout(ms)` and `socket.compress(value)` on the server. */
export class SocketOperator<
  Emit extends EventMap<Emit>,
  SocketData,
  Mode extends AckMode,
> extends EmitOperator<Emit, Mode, true> {
  readonly #target: SocketOperatorTarget<Emit, SocketData>;
  readonly #flags: EmitFlags;

  constructor(target: SocketOperatorTarget<Emit, SocketData>, flags: EmitFlags) {
    super(target, flags);
    this.#target = target;
    this.#flags = flags;
  }

  /** To the other members of a room, or of several. */
  to(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData, Mode["timeout"]> {
    return this.broadcast.to(room);
  }

  /** As {@link to}. */
  in(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData, Mode["timeout"]> {
    return this.broadcast.to(room);
  }

  /** To all others but the members of a room, or of several. */
  except(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData, Mode["timeout"]> {
    return this.broadcast.except(room);
  }

  /** To all others in the namespace. */
  get broadcast(): BroadcastOperator<Emit, SocketData, Mode["timeout"]> {
    // The mode says whether the flags hold a timeout.
    return this.#target._broadcast(this.#flags) as BroadcastOperator<Emit, SocketData, Mode["timeout"]>;
  }

  /** To all others on this node. */
  get local(): BroadcastOperator<Emit, SocketData, Mode["timeout"]> {
    return this.broadcast.local;
  }

  /** May be lost when the connection cannot take it now. */
  override get volatile(): SocketOperator<Emit, SocketData, Mode> {
    return new SocketOperator<Emit, SocketData, Mode>(this.#target, { ...this.#flags, volatile: true });
  }

  /** While the connection cannot take it, only the newest of this key is kept. @throws OptionError @see Socket.latest */
  latest(key: string): SocketOperator<Emit, SocketData, Mode> {
    checkLatestKey(key);
    return new SocketOperator<Emit, SocketData, Mode>(this.#target, { ...this.#flags, latest: key });
  }

  /** Whether transports may compress it. @default true */
  override compress(compress: boolean): SocketOperator<Emit, SocketData, Mode> {
    return new SocketOperator<Emit, SocketData, Mode>(this.#target, { ...this.#flags, compress });
  }

  /** How long to wait for the acknowledgement, in milliseconds. @throws OptionError */
  override timeout(timeout: number): SocketOperator<Emit, SocketData, OneOrTimeout> {
    checkDurations({ timeout }, "timeout");
    return new SocketOperator<Emit, SocketData, OneOrTimeout>(this.#target, { ...this.#flags, timeout });
  }
}
