/** What the connection is put to: bounds on what one window may ask, and the mischief one may do to see what holds. */
import type { IncomingMessage } from "node:http";
import { TokenBucket } from "@telsiz/events";
import type { Mischief, Reply } from "../events.ts";
import type { ChatServer, ChatSocket } from "./chat-server.ts";
import { Refusal } from "./input.ts";

/** Events of one window: what nobody does by hand. */
const RATE = { perSecond: 40, burst: 150 };
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

  /** Bounds a window's events, and slows them down where that was asked for. */
  watch(io: ChatServer, socket: ChatSocket): void {
    this.#io = io;
    const bucket = new TokenBucket(RATE, performance.now());
    socket.use((packet: readonly unknown[], next) => {
      const isTooMuch = !bucket.take(performance.now());
      if (isTooMuch) refuse(packet);
      else if (this.#slow.has(socket)) setTimeout(next, SLOWNESS);
      else next();
    });
  }

  /** @throws Refusal */
  make(socket: ChatSocket, mischief: Mischief): null {
    if (mischief === "slow") this.#slow.add(socket);
    else if (mischief === "fast") this.#slow.delete(socket);
    else if (mischief === "drop") setImmediate(() => socket.conn.close());
    else this.#restart();
    return null;
  }

  /** Ends every connection as the end of a process would, and lets nobody in for a while. */
  #restart(): void {
    const now = Date.now();
    if (now < this.#downUntil + RESTART_INTERVAL) throw new Refusal("It has only just been restarted.");
    this.#downUntil = now + RESTART;
    setImmediate(() => {
      for (const session of [...this.#io!.engine.clients.values()]) session.close(true);
    });
  }
}

/** Whoever asked gets an answer; what needs none is dropped. */
function refuse(packet: readonly unknown[]): void {
  const reply = packet.at(-1);
  const problem: Reply<never> = { ok: false, problem: "That is too much at once: wait a moment." };
  if (typeof reply === "function") (reply as (answer: typeof problem) => void)(problem);
}
