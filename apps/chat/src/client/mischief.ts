/** What one may do to the connection, and which promise then held, said in a sentence. */
import type { SocketMaker } from "@telsiz/client";
import type { Mischief as Kind } from "../contract.ts";
import type { ChatSocket } from "./chat-client.ts";
import { ANSWER_TIMEOUT, problemOf } from "./requests.ts";
import type { Toasts } from "./toasts.ts";

/** Requests that a flood is made of: more than the server takes of one window. */
const FLOOD = 400;

const STORIES = {
  offline: "You are offline. What you write waits here in order, and the server keeps what the others write.",
  slow: "Every packet now takes 2.5 seconds. A message stays marked until the server has acknowledged it.",
  fast: "The link is fast again.",
  drop: "The server has dropped the connection. The client comes back by itself, after a little while.",
  restart:
    "The engine is gone, as if the process had ended. The waiting time between attempts grows, and varies.",
} as const;

export class Mischief {
  readonly #socket: ChatSocket;
  readonly #manager: SocketMaker;
  readonly #toasts: Toasts;
  isOffline = false;
  isSlow = false;
  /** What the next connection comes after, and when it was lost. */
  #lost: { kind: "offline" | "drop" | "restart"; at: number; toast: number } | undefined;
  #missed = 0;

  constructor(socket: ChatSocket, toasts: Toasts) {
    this.#socket = socket;
    this.#manager = socket.io;
    this.#toasts = toasts;
  }

  /** Loses the connection and stays away, or comes back. */
  setOffline(isOffline: boolean): void {
    this.isOffline = isOffline;
    this.#manager.reconnection(!isOffline);
    if (!isOffline) return void this.#manager.open();
    this.#lose("offline");
    this.#manager.engine.close();
  }

  async setSlow(isSlow: boolean): Promise<void> {
    this.isSlow = isSlow;
    await this.#ask(isSlow ? "slow" : "fast");
    this.#toasts.add(STORIES[isSlow ? "slow" : "fast"]);
  }

  async drop(): Promise<void> {
    this.#lose("drop");
    await this.#ask("drop");
  }

  async restart(): Promise<void> {
    if (await this.#ask("restart")) this.#lose("restart");
  }

  /** Asks more than the server takes at a time. */
  async flood(): Promise<void> {
    const socket = this.#socket.timeout(ANSWER_TIMEOUT);
    const answers = await Promise.allSettled(
      Array.from({ length: FLOOD }, () => socket.emitWithAck("probe")),
    );
    const taken = answers.filter(({ status }) => status === "fulfilled").length;
    this.#toasts.add(
      `${FLOOD} requests at once: ${taken} answered, ${FLOOD - taken} turned down, each with a reason. The limit is for each window, so nobody else has waited.`,
    );
  }

  /** Asks the server for nothing but its answer: the wire shows how long that takes. */
  async probe(): Promise<void> {
    await this.#socket
      .timeout(ANSWER_TIMEOUT)
      .emitWithAck("probe")
      .catch((error: unknown) => this.#toasts.add(problemOf(error)));
  }

  onConnect(): void {
    this.isSlow = false;
    this.#missed = 0;
    if (!this.#lost) return;
    const { kind, at, toast } = this.#lost;
    this.#lost = undefined;
    this.#toasts.dismiss(toast);
    const seconds = ((Date.now() - at) / 1000).toFixed(1);
    const story =
      kind === "offline"
        ? `Back after ${seconds} s. What waited is sent in order, and kept once even if it comes twice.`
        : `Connected again after ${seconds} s, in the same rooms, under the same name.`;
    this.#toasts.add(story);
  }

  /** Messages that came while the connection was away. */
  onMissed(count: number): void {
    if (count === 0) return;
    this.#missed += count;
    this.#toasts.add(
      `${this.#missed === 1 ? "One message" : `${this.#missed} messages`} came meanwhile: the page told the server the last change it had seen, and got the rest.`,
    );
  }

  #lose(kind: "offline" | "drop" | "restart"): void {
    this.#lost = { kind, at: Date.now(), toast: this.#toasts.add(STORIES[kind]) };
  }

  /** Returns whether the server did it. */
  async #ask(kind: Kind): Promise<boolean> {
    try {
      await this.#socket.timeout(ANSWER_TIMEOUT).emitWithAck("mischief", kind);
      return true;
    } catch (error) {
      if (this.#socket.connected) this.#toasts.add(problemOf(error));
      return !this.#socket.connected;
    }
  }
}
