/** What a socket has to say to have its session recovered after a lost connection (protocol.md B.5). */
import type { EventPacket } from "@telsiz/parser";

/** The server's answer to CONNECT. */
export interface ConnectAnswer {
  readonly sid?: unknown;
  /** The session's id, from servers that recover sessions. */
  readonly pid?: unknown;
  /** Where the session stands, from servers whose every event ends with an offset. */
  readonly offset?: unknown;
  /** How many events of the session have come, from servers that count them. */
  readonly received?: unknown;
}

/** The session's id and the offset of the last event that was received. */
export class SessionToken {
  #pid: string | undefined;
  #offset: string | undefined;
  /** Whether every event without acknowledgement ends with an offset, which is not an argument. */
  #marked = false;

  /** Whether there is a session to be recovered. */
  get known(): boolean {
    return this.#pid !== undefined;
  }

  /** The payload of the next CONNECT: what asks for the session, and the application's own. */
  withCredentials(auth: object | undefined): object | undefined {
    if (this.#pid === undefined) return auth;
    const offset = this.#offset === undefined ? {} : { offset: this.#offset };
    return { pid: this.#pid, ...offset, ...auth };
  }

  /** Takes the server's answer. @returns whether the session is the one from before */
  onConnect({ pid, offset }: ConnectAnswer): boolean {
    const recovered = typeof pid === "string" && pid === this.#pid;
    this.#pid = typeof pid === "string" ? pid : undefined;
    this.#marked = typeof offset === "string";
    // Events that came ahead of the answer have offsets of their own, and are received after it.
    if (typeof offset === "string") this.#offset = offset;
    else if (!recovered) this.#offset = undefined;
    return recovered;
  }

  /** Takes the offset off an event. @returns the event's name and arguments */
  onEvent({ data, id }: EventPacket): readonly unknown[] {
    const last = data.at(-1);
    if (this.#pid === undefined || id !== undefined || typeof last !== "string") return data;
    // Socket.IO marks most events, and not those that are volatile: there, the string may be an argument too.
    this.#offset = last;
    return this.#marked ? data.slice(0, -1) : data;
  }
}
