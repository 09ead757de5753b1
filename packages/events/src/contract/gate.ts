/** Lets the events and answers of one socket pass, or not, as its contract says. */
import { AckError, internalError } from "../ack-error.ts";
import { isThenable } from "../guard.ts";
import type { Maybe } from "./check.ts";
import { decodeAnswer, encodeAnswer } from "./envelope.ts";
import { InvalidEventError } from "./errors.ts";
import { type CheckedArgs, type EventRule, refusal } from "./event-rule.ts";
import type { Rules } from "./rules.ts";

/** Sends the values of an acknowledgement, once. */
export type Acknowledge = (...values: unknown[]) => void;

/** What a gate sees of its socket. @typeParam Asked what says where an answer is awaited */
export interface GatedSocket<Asked = number> {
  /** Whether the peer knows error envelopes. */
  readonly _negotiated: boolean;
  /** An event may pass: its name, its arguments, and an acknowledgement if it has one. */
  _accept(data: unknown[]): void;
  /** What answers an event. @param check may throw instead of letting an answer go */
  _acknowledger(asked: Asked, check?: (answer: unknown) => void): Acknowledge;
  /** An event may not pass, and nobody asked for an answer. */
  _onInvalidEvent(error: InvalidEventError): void;
  /** A validator failed. */
  _onFault(error: unknown, event: string): void;
}

/** Calls back once: with an error, or with the values of an acknowledgement. */
type Settle = (error: Error | null, values: readonly unknown[]) => void;

interface WaitingEvent<Asked> {
  readonly data: readonly unknown[];
  readonly asked: Asked | undefined;
}

/**
 * ```
 *           a validator is asynchronous
 *   Open ──────────────────────────────▶ Busy: events wait, at most `maxQueued`
 *    ▲                                     │
 *    └──────── it is done, none waits ─────┘   close() forgets both what is checked and what waits
 * ```
 */
export class Gate<Asked = number> {
  readonly #rules: Rules;
  readonly #socket: GatedSocket<Asked>;
  /** The check that is under way. */
  #busy: object | undefined;
  #waiting: WaitingEvent<Asked>[] = [];

  constructor(rules: Rules, socket: GatedSocket<Asked>) {
    this.#rules = rules;
    this.#socket = socket;
  }

  /** An event came, with its name first. @param asked where its answer is awaited, if it is */
  receive(data: readonly unknown[], asked: Asked | undefined): void {
    if (this.#busy === undefined) return this.#check(data, asked);
    if (this.#waiting.length < this.#rules.maxQueued) this.#waiting.push({ data, asked });
    else this.#refuse(refusal("BUSY", String(data[0])), asked);
  }

  /** The arguments of an event as they are sent. @throws InvalidEventError */
  prepare(event: string, args: readonly unknown[]): readonly unknown[] {
    return this.#rules.prepare(event, args, this.#report);
  }

  /** The values of an acknowledgement as they are sent. */
  encodeAnswer(values: readonly unknown[]): readonly unknown[] {
    return encodeAnswer(values, this.#socket._negotiated);
  }

  /** What is to be called with the answer to an event, in place of `settle`, which gets what that comes to. */
  answerTo(event: string, settle: Settle): Settle {
    return (error, values) => {
      if (error !== null) return settle(error, values);
      const answer = this.#socket._negotiated ? decodeAnswer(values[0]) : values[0];
      this.#rules.receiveAnswer(event, answer, this.#report, (wrong, value) => {
        if (wrong === null) settle(null, value === values[0] ? values : [value, ...values.slice(1)]);
        else settle(wrong, []);
      });
    };
  }

  /** The socket has disconnected: what is being checked and what waits is dropped. */
  close(): void {
    this.#busy = undefined;
    this.#waiting = [];
  }

  readonly #report = (error: unknown, event: string): void => this.#socket._onFault(error, event);

  #check(data: readonly unknown[], asked: Asked | undefined): void {
    const event = String(data[0]);
    const args = data.slice(1);
    const rule = this.#rules.incoming.get(event);
    if (rule === undefined) return this.#receiveUnknown(event, args, asked);
    if (!this.#rules.checksIncoming) return this.#pass(rule, event, rule.padded(args), asked);
    let checked: Maybe<CheckedArgs>;
    try {
      checked = rule.checkArgs(args);
    } catch (error) {
      return this.#fail(error, event, asked);
    }
    if (!isThenable(checked)) return this.#decide(rule, event, checked, asked);
    this.#await(
      checked.then(
        (values) => () => this.#decide(rule, event, values, asked),
        (error: unknown) => () => this.#fail(error, event, asked),
      ),
    );
  }

  /** Later events wait for this one. @param check resolves with what is to be done then */
  #await(check: Promise<() => void>): void {
    this.#busy = check;
    void check.then((act) => {
      if (this.#busy !== check) return; // disconnected meanwhile
      this.#busy = undefined;
      act();
      this.#advance();
    });
  }

  #decide(rule: EventRule, event: string, checked: CheckedArgs, asked: Asked | undefined): void {
    if (checked instanceof InvalidEventError) this.#refuse(checked, asked);
    else this.#pass(rule, event, checked, asked);
  }

  #advance(): void {
    while (this.#busy === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#check(next.data, next.asked);
    }
  }

  #pass(rule: EventRule, event: string, args: readonly unknown[], asked: Asked | undefined): void {
    const socket = this.#socket;
    if (rule.answered) {
      socket._accept([
        event,
        ...args,
        asked === undefined ? answerNobody : socket._acknowledger(asked, this.#checkOf(rule, event)),
      ]);
    } else {
      socket._accept([event, ...args]);
      // Who sends every event until it is acknowledged waits for an answer to this one, too.
      if (asked !== undefined) socket._acknowledger(asked)();
    }
  }

  #receiveUnknown(event: string, args: readonly unknown[], asked: Asked | undefined): void {
    const { unknownEvents } = this.#rules;
    if (unknownEvents === "reject") this.#refuse(refusal("UNKNOWN_EVENT", event), asked);
    if (unknownEvents !== "allow") return;
    this.#socket._accept(
      asked === undefined ? [event, ...args] : [event, ...args, this.#socket._acknowledger(asked)],
    );
  }

  #refuse(error: InvalidEventError, asked: Asked | undefined): void {
    if (asked === undefined) return this.#socket._onInvalidEvent(error);
    const { code, message } = error;
    const issues = code === "INVALID" ? error.issues : undefined;
    this.#socket._acknowledger(asked)(new AckError(code, undefined, { message, issues }));
  }

  #fail(error: unknown, event: string, asked: Asked | undefined): void {
    if (asked !== undefined) this.#socket._acknowledger(asked)(internalError());
    this.#socket._onFault(error, event);
  }

  #checkOf(rule: EventRule, event: string): ((answer: unknown) => void) | undefined {
    if (!this.#rules.checksOutgoing) return undefined;
    return (answer) => this.#rules.checkOwnAnswer(rule, event, answer, this.#report);
  }
}

function answerNobody(): void {
  // the peer did not ask
}
