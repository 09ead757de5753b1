/** Lets the events of other servers pass, or not, as the contract of their namespace says. */
import type { ServerAnswersCallback } from "@telsiz/adapter";
import {
  type Acknowledge,
  encodeAnswer,
  type Gate,
  type GatedSocket,
  type InvalidEventError,
} from "@telsiz/events";
import type { Terms } from "./terms.ts";

/** What the gate sees of its namespace. */
export interface GatedNamespace {
  readonly _terms: Terms;
  /** Calls the namespace's listeners. */
  _dispatch(event: string, args: readonly unknown[]): boolean;
  /** An event does not fit the contract, and nobody asked for an answer. */
  _onInvalidEvent(error: InvalidEventError, socket: unknown): void;
  /** A function of the application failed. */
  _onHandlerError(error: unknown, socket: unknown, event: string): void;
}

/** The other servers, as a namespace hears of them. Without a contract everything passes. */
export class ClusterGate implements GatedSocket<Acknowledge> {
  /** Servers of one cluster are of one kind. */
  readonly _negotiated = true;
  readonly #namespace: GatedNamespace;
  readonly #gate: Gate<Acknowledge> | undefined;

  constructor(namespace: GatedNamespace) {
    this.#namespace = namespace;
    this.#gate = namespace._terms.clusterGateFor(this);
  }

  /** An event came from another server; a function at its end takes the answer. */
  receive(packet: readonly unknown[]): void {
    if (this.#gate === undefined) return this._accept(packet);
    const last = packet.at(-1);
    if (typeof last === "function") this.#gate.receive(packet.slice(0, -1), last as Acknowledge);
    else this.#gate.receive(packet, undefined);
  }

  /** The arguments of an event as they are sent. @throws InvalidEventError */
  prepare(event: string, args: readonly unknown[]): readonly unknown[] {
    return this.#gate?.prepare(event, args) ?? args;
  }

  /** What takes the answers of the other servers in place of `done`, which gets those that fit. */
  answersTo(event: string, done: ServerAnswersCallback): ServerAnswersCallback {
    const gate = this.#gate;
    if (gate === undefined) return done;
    return (failure, answers) => {
      const values: unknown[] = [];
      let error = failure;
      let awaited = answers.length;
      if (awaited === 0) return done(error, values);
      for (const answer of answers) {
        gate.answerTo(event, (wrong, [value]) => {
          if (wrong === null) values.push(value);
          else error ??= wrong;
          if (--awaited === 0) done(error, values);
        })(null, [answer]);
      }
    };
  }

  _accept(data: readonly unknown[]): void {
    this.#namespace._dispatch(String(data[0]), data.slice(1));
  }

  _acknowledger(answer: Acknowledge, check?: (answer: unknown) => void): Acknowledge {
    return (...values) => {
      check?.(values[0]);
      answer(...encodeAnswer(values, true));
    };
  }

  _onInvalidEvent(error: InvalidEventError): void {
    this.#namespace._onInvalidEvent(error, undefined);
  }

  _onFault(error: unknown, event: string): void {
    this.#namespace._onHandlerError(error, undefined, event);
  }
}
