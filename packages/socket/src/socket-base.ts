/**
 * What a Socket is on either side: it sends events and awaits their acknowledgements, receives events and
 * answers them, and knows catch-all listeners. The two sides differ in how a packet leaves and in what they add.
 */
import {
  type Acknowledge,
  type Answer,
  asValues,
  type EventArgs,
  type EventMap,
  type Gate,
  type GatedSocket,
  type HandlerOf,
  type IncomingEvent,
  type InvalidEventError,
  isAnswer,
  isThenable,
  Listenable,
  type Listener,
  type OutgoingEvent,
  type RequestArgs,
  startDeadline,
} from "@telsiz/events";
import { ACK, type AckPacket, EVENT, type EventPacket, RESERVED_EVENTS } from "@telsiz/parser";
import { type AckCallback, AckRegistry, DEFAULT_MAX_PENDING_ACKS } from "./acks.ts";
import { type AnyListener, CatchAll } from "./catch-all.ts";
import { type EmitFlags, NO_FLAGS } from "./emit-flags.ts";
import type { EmitTarget } from "./emit-operator.ts";
import { AckTimeoutError, NotSentError, ReservedEventError, TooManyAcksError } from "./errors.ts";
import { explained } from "./explained.ts";
import { Handlers } from "./handlers.ts";

/**
 * The common half of the server's and the client's Socket.
 * @typeParam Result what `emit` returns
 */
export abstract class SocketBase<
  Listen extends EventMap<Listen>,
  Emit extends EventMap<Emit>,
  Reserved extends EventMap<Reserved>,
  Result,
>
  extends Listenable<Listen, Reserved>
  implements EmitTarget<Result>, GatedSocket
{
  /** The name of the namespace it belongs to. */
  abstract readonly _nspName: string;
  /** Made when one is first asked for: most sockets of a server never do. */
  #acks: AckRegistry | undefined;
  /** Checks what comes and what goes, where there is a contract. */
  _gate: Gate | undefined = undefined;
  /** Whether the peer knows error envelopes in acknowledgements. */
  _negotiated = false;
  #handlers: Handlers | undefined;
  #incoming: CatchAll | undefined;
  #outgoing: CatchAll | undefined;

  /**
   * Sends an event with any number of arguments. A function at the end is called with the peer's acknowledgement.
   * @throws ReservedEventError, TooManyAcksError
   * @example socket.emit("rename", { id: 7 }, "new name", (accepted) => console.log(accepted));
   */
  emit<K extends keyof Emit & string>(event: K, ...args: EventArgs<Emit, K>): Result {
    return this._emitEvent(event, args, NO_FLAGS);
  }

  /**
   * Sends an event and resolves with the first value of its acknowledgement.
   * @throws DisconnectedError (through the promise), ReservedEventError, TooManyAcksError
   */
  emitWithAck<K extends keyof Emit & string>(
    event: K,
    ...args: RequestArgs<Emit, K>
  ): Promise<Answer<Emit, K>> {
    // The map is the peer's word for what it answers.
    return this._requestEvent(event, args, NO_FLAGS) as Promise<Answer<Emit, K>>;
  }

  /**
   * Calls `handler` at each `event`, after the event's listeners. What it returns, or its promise resolves with, is the
   * acknowledgement; what it throws answers with an error. An event has one handler; {@link off} takes it away.
   * @throws HandlerExistsError, ReservedEventError
   * @example socket.handle("sum", (a, b) => a + b);
   */
  handle<K extends keyof Listen & string>(event: K, handler: HandlerOf<Listen, K>): this {
    if (RESERVED_EVENTS.has(event)) throw new ReservedEventError(event);
    (this.#handlers ??= new Handlers(this)).add(event, handler);
    return this;
  }

  /** Removes one registration of `listener`, or a handler; without `listener` all of `event`, without `event` all. */
  override off(): this;
  override off(event: (keyof Listen | keyof Reserved) & string, listener?: Listener): this;
  override off(event?: (keyof Listen | keyof Reserved) & string, listener?: Listener): this {
    if (event === undefined) return super.off();
    if (listener !== undefined && this.#handlers?.remove(event, listener) === true) return this;
    return super.off(event, listener);
  }

  /** Removes all listeners of `event`, and its handler, or those of every event. */
  override removeAllListeners(
    event?: ((keyof Listen | keyof Reserved) & string) | (string & Record<never, never>),
  ): this {
    this.#handlers?.remove(event);
    return super.removeAllListeners(event);
  }

  /** Calls `listener` at every incoming event, before the event's own listeners. */
  onAny<Event extends IncomingEvent<Listen>>(listener: (...event: Event) => void): this;
  onAny<Name extends keyof Listen & string>(listener: AnyListener<Name>): this;
  onAny(listener: Listener): this {
    (this.#incoming ??= new CatchAll()).append(listener);
    return this;
  }

  /** As {@link onAny}, before the catch-all listeners that are there. */
  prependAny<Event extends IncomingEvent<Listen>>(listener: (...event: Event) => void): this;
  prependAny<Name extends keyof Listen & string>(listener: AnyListener<Name>): this;
  prependAny(listener: Listener): this {
    (this.#incoming ??= new CatchAll()).prepend(listener);
    return this;
  }

  /** Removes a catch-all listener, or all of them. */
  offAny(listener?: Listener): this {
    this.#incoming?.remove(listener);
    return this;
  }

  /** A copy of the catch-all listeners. */
  listenersAny(): Listener[] {
    return this.#incoming?.list ?? [];
  }

  /** Calls `listener` at every event that is sent. Acknowledgements are not events. */
  onAnyOutgoing<Event extends OutgoingEvent<Emit>>(listener: (...event: Event) => void): this;
  onAnyOutgoing<Name extends keyof Emit & string>(listener: AnyListener<Name>): this;
  onAnyOutgoing(listener: Listener): this {
    (this.#outgoing ??= new CatchAll()).append(listener);
    return this;
  }

  /** As {@link onAnyOutgoing}, before the catch-all listeners that are there. */
  prependAnyOutgoing<Event extends OutgoingEvent<Emit>>(listener: (...event: Event) => void): this;
  prependAnyOutgoing<Name extends keyof Emit & string>(listener: AnyListener<Name>): this;
  prependAnyOutgoing(listener: Listener): this {
    (this.#outgoing ??= new CatchAll()).prepend(listener);
    return this;
  }

  /** Removes a catch-all listener for outgoing events, or all of them. */
  offAnyOutgoing(listener?: Listener): this {
    this.#outgoing?.remove(listener);
    return this;
  }

  /** A copy of the catch-all listeners for outgoing events. */
  listenersAnyOutgoing(): Listener[] {
    return this.#outgoing?.list ?? [];
  }

  /** The acknowledgements it waits for. */
  get _acks(): AckRegistry {
    return (this.#acks ??= new AckRegistry());
  }

  /** Sends an event; see {@link EmitTarget}. */
  abstract _emitEvent(event: string, args: readonly unknown[], flags: EmitFlags): Result;

  /** Sends an event and waits for its acknowledgement; see {@link EmitTarget}. */
  _requestEvent(event: string, args: readonly unknown[], flags: EmitFlags): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.sendRequest(event, args, flags, (error, values) => {
        if (error === null) resolve(values[0]);
        else reject(error);
      });
    });
  }

  /** The timeout of acknowledgements that have none of their own, in milliseconds. */
  protected get ackTimeout(): number | undefined {
    return undefined;
  }

  /** How many acknowledgements may be awaited. */
  protected get maxPendingAcks(): number {
    return DEFAULT_MAX_PENDING_ACKS;
  }

  /** Hands a packet to the connection. */
  protected abstract sendPacket(packet: EventPacket | AckPacket, flags: EmitFlags): void;

  /** The next free acknowledgement id. */
  protected abstract nextAckId(): number;

  /** An application's listener threw, or the promise it returned was rejected. */
  protected abstract onHandlerError(error: unknown, event: string): void;

  /** The timeout of an acknowledgement ran out; its packet need not be sent any more. */
  protected withdraw(_id: number): void {
    // only a side that keeps packets has something to withdraw
  }

  /** Sends an event whose acknowledgement, if there is one, is the last of `args`. */
  protected sendEvent(event: string, args: readonly unknown[], flags: EmitFlags): void {
    const last = args.at(-1);
    if (typeof last !== "function") return this.sendEventPacket([event, ...args], undefined, flags);
    const acknowledge = last as Acknowledge;
    const timed = (flags.timeout ?? this.ackTimeout) !== undefined;
    this.sendRequest(event, args.slice(0, -1), flags, (error, values) => {
      // Without a timeout the first parameter is a value: there is no place for an error.
      if (timed && error !== null) this.callListener(acknowledge, [error], event);
      else if (error === null) this.callListener(acknowledge, timed ? [null, ...values] : values, event);
      else if (isAnswer(error)) this.onHandlerError(error, event);
    });
  }

  /** Sends an event and calls `settle` once with its acknowledgement or the reason why none came. */
  protected sendRequest(
    event: string,
    args: readonly unknown[],
    flags: EmitFlags,
    settle: AckCallback,
  ): void {
    if (this._acks.size >= this.maxPendingAcks) throw new TooManyAcksError(this.maxPendingAcks);
    const id = this.nextAckId();
    const timeout = flags.timeout ?? this.ackTimeout;
    this.sendEventPacket([event, ...args], id, flags);
    const answered = this.answerTo(event, settle);
    if (timeout === undefined) this._acks.add(id, answered);
    else this._acks.add(id, (error, values) => this.#settleTimed(id, answered, error, values), timeout);
  }

  /** The values of an acknowledgement as they are sent. */
  protected encodeAnswer(values: readonly unknown[]): readonly unknown[] {
    return this._gate?.encodeAnswer(values) ?? asValues(values);
  }

  /** What is to be called with the answer to an event, in place of `settle`, which gets what that comes to. */
  protected answerTo(event: string, settle: AckCallback): AckCallback {
    return this._gate?.answerTo(event, settle) ?? settle;
  }

  /** Nobody will acknowledge this. It is said later, so that who tries again in its callback does not spin. */
  protected onNotSent(id: number, error: Error = new NotSentError()): void {
    startDeadline(() => this._acks.reject(id, error), 0);
  }

  #settleTimed(id: number, settle: AckCallback, error: Error | null, values: readonly unknown[]): void {
    if (error instanceof AckTimeoutError) this.withdraw(id);
    settle(error, values);
  }

  protected sendEventPacket(
    data: readonly [string, ...unknown[]],
    id: number | undefined,
    flags: EmitFlags,
  ): void {
    const [event] = data;
    if (RESERVED_EVENTS.has(event)) throw new ReservedEventError(event);
    const sent = this._gate === undefined ? data : [event, ...this._gate.prepare(event, data.slice(1))];
    this.sendPacket({ type: EVENT, nsp: this._nspName, data: sent, id }, flags);
  }

  /** A listener or a handler has returned a promise. */
  protected onWork(_work: PromiseLike<unknown>): void {
    // only a side that waits for its listeners has to know
  }

  /** Tells the catch-all listeners that an event leaves. */
  _notifyOutgoing(data: readonly unknown[]): void {
    this.#notifyAll(this.#outgoing, data);
  }

  /** Whether somebody listens for every outgoing event. */
  get _hasOutgoingListeners(): boolean {
    return (this.#outgoing?.snapshot.length ?? 0) > 0;
  }

  /** An event came. */
  protected receiveEvent(packet: EventPacket): void {
    if (this._gate !== undefined) return this._gate.receive(packet.data, packet.id);
    // The decoder made this array for this packet alone.
    const data = packet.data as unknown[];
    if (packet.id !== undefined) data.push(this._acknowledger(packet.id));
    this._accept(data);
  }

  /** An event may pass: catch-all listeners first; then {@link onEvent}. */
  _accept(data: unknown[]): void {
    this.#notifyAll(this.#incoming, data);
    this.onEvent(data);
  }

  /** Gives an event to its listeners, then to its handler. The server runs its packet middlewares first. */
  protected onEvent(data: unknown[]): void {
    const event = String(data[0]);
    const args = data.slice(1);
    this.dispatch(event, args);
    const work = this.#handlers?.run(event, args);
    if (work !== undefined) this.onWork(work);
  }

  _acknowledger(id: number, check?: (answer: unknown) => void): Acknowledge {
    let sent = false;
    return (...values) => {
      if (sent) return;
      check?.(values[0]);
      const data = this.encodeAnswer(values);
      this.sendPacket({ type: ACK, nsp: this._nspName, id, data }, NO_FLAGS);
      sent = true;
    };
  }

  /** The contract does not let an event pass, and nobody asked for an answer. */
  abstract _onInvalidEvent(error: InvalidEventError): void;

  _onFault(error: unknown, event: string): void {
    this.onHandlerError(error, event);
  }

  /**
   * The socket has disconnected: nothing that is awaited will come.
   * @param keep acknowledgements whose events wait
   * @param checksOn whether events that its contract is still checking may pass
   */
  protected endExchanges(keep?: ReadonlySet<number | undefined>, checksOn = false): void {
    this.#acks?.rejectAll(keep);
    if (!checksOn) this._gate?.close();
    this.#handlers?.abandon();
  }

  /** An acknowledgement came. One that nobody waits for is passed over. */
  protected receiveAck(packet: AckPacket): void {
    if (packet.id !== undefined) this.#acks?.resolve(packet.id, packet.data);
  }

  /** A listener of the application may throw, or reject, without harm to anything else. */
  protected override callListener(listener: Listener, args: readonly unknown[], event: string): void {
    let result: unknown;
    try {
      result = Reflect.apply(listener, this, args);
    } catch (error) {
      this.onHandlerError(explained(error, listener, args, event), event);
      return;
    }
    // Only now a closure: this is the path of every event, and few listeners return a promise.
    if (!isThenable(result)) return;
    this.onWork(result);
    result.then(undefined, (error: unknown) =>
      this.onHandlerError(explained(error, listener, args, event), event),
    );
  }

  #notifyAll(catchAll: CatchAll | undefined, data: readonly unknown[]): void {
    if (catchAll === undefined) return;
    for (const listener of catchAll.snapshot) this.callListener(listener, data, String(data[0]));
  }
}
