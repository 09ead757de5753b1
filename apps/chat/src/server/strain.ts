/** What the connection is put to: the mischief one may do to see what holds. */
import type { IncomingMessage } from "node:http";
import type { Mischief } from "../contract.ts";
import type { ChatServer, ChatSocket, Refusing } from "./chat-server.ts";

/** How long each event of a slow window takes, in milliseconds. */
const SLOWNESS = 2500;
/** How long the engine is away when it is restarted, in milliseconds. */
const RESTART = 1500;
/** How often it may be, in milliseconds. */
const RESTART_INTERVAL = 10_000;

export class Strain {
  readonly #slow = new WeakSet<ChatSocket>();
  #downUntil = 0;
  #io: ChatServer | undefined;

  /** Turns down what comes while the engine is away. An option of the server. */
  readonly allowRequest = (
    _request: IncomingMessage,
    decide: (problem: string | null, isAllowed: boolean) => void,
  ): void => {
    const isDown = Date.now() < this.#downUntil;
    decide(isDown ? "The engine is about to start again." : null, !isDown);
  };

  /** Slows a window's events down where that was asked for. */
  watch(io: ChatServer, socket: ChatSocket): void {
    this.#io = io;
    socket.use((_packet, next) => {
      if (this.#slow.has(socket)) setTimeout(next, SLOWNESS);
      else next();
    });
  }

  make(socket: ChatSocket, mischief: Mischief, ctx: Refusing<"TOO_SOON">): void {
    if (mischief === "slow") this.#slow.add(socket);
    else if (mischief === "fast") this.#slow.delete(socket);
    else if (mischief === "drop") setImmediate(() => socket.conn.close());
    else this.#restart(ctx);
  }

  /** Ends every connection as the end of a process would, and lets nobody in for a while. */
  #restart(ctx: Refusing<"TOO_SOON">): void {
    const now = Date.now();
    if (now < this.#downUntil + RESTART_INTERVAL) ctx.fail("TOO_SOON", "It has only just been restarted.");
    this.#downUntil = now + RESTART;
    setImmediate(() => {
      for (const session of [...this.#io!.engine.clients.values()]) session.close(true);
    });
  }
}
