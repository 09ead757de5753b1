/**
 * What adapters and tools written for the inside of Socket.IO's server touch there, and what it means here. No type of this package
 * shows these members, lint keeps the package itself from using them, and only `server.ts` may import this file.
 *
 * | member                                 | who touches it                        | is here                                     |
 * | -------------------------------------- | ------------------------------------- | ------------------------------------------- |
 * | `server.encoder.encode(packet)`        | `socket.io-adapter`, once a broadcast | the parser's `encode`, as a list            |
 * | `server.opts`                          | adapters that recover sessions        | `server._opts`, the defaults of recovery with it |
 * | `nsp._ids++`                           | `socket.io-adapter`                   | the next acknowledgement id                 |
 * | `socket.acks.set(id, onAnswer)`        | `socket.io-adapter`                   | an answer that is expected                  |
 * | `socket.notifyOutgoingListeners(p)`    | `socket.io-adapter`, for each socket  | what `onAnyOutgoing` listeners are told     |
 * | `socket.client.writeToEngine(list, o)` | `socket.io-adapter`, for each socket  | a delivery, prepared once for all receivers |
 *
 * `nsp.name`, `nsp.sockets`, `nsp.server`, `nsp._onServerSideEmit`, and of sockets `id`, `handshake`, `rooms`, `data`, `join`, `leave`
 * and `disconnect` are members of the classes themselves.
 */
import type { AnswerCallback } from "@telsiz/adapter";
import { type Message, messagePacket, PreparedPacket } from "@telsiz/engine/server";
import { type Attachment, type EventPacket, type Packet, PacketType, type Parser } from "@telsiz/parser";
import type { PreparedDelivery } from "./delivery.ts";

/** Writes packets in the way of `socket.io-parser`, for adapters and tools that send by themselves. */
export interface PacketEncoder {
  /**
   * Writes a packet.
   * @returns the message, and the attachments behind it
   * @throws EncodeError
   */
  encode(packet: Packet): (Message | Attachment)[];
}

/** What is in the messages of events that were encoded. */
const sources = new WeakMap<readonly (Message | Attachment)[], EventPacket>();

/** For what somebody has encoded without the server. */
const UNKNOWN: EventPacket = { type: PacketType.EVENT, nsp: "", data: [] };

/** The encoder of a parser: one for all connections. */
export function encoderOf(parser: Parser): PacketEncoder {
  return {
    encode: (packet) => {
      const encoded = parser.encode(packet);
      const messages =
        typeof encoded === "string" || encoded instanceof Uint8Array ? [encoded] : [...encoded];
      if (packet.type === PacketType.EVENT) sources.set(messages, packet);
      return messages;
    },
  };
}

interface CompatServer {
  readonly _opts: object;
  readonly _recovery: object | undefined;
}

interface CompatNamespace {
  _nextAckId(): number;
}

interface CompatSocket {
  _notifyOutgoing(data: readonly unknown[]): void;
  _expectAnswer(id: number, onAnswer: AnswerCallback): void;
  _forgetAnswer(id: number): void;
}

interface CompatConnection {
  _deliver(delivery: PreparedDelivery): void;
}

/** The classes that get the members. */
export interface CompatClasses {
  readonly server: CompatServer;
  readonly namespace: CompatNamespace;
  readonly socket: CompatSocket;
  readonly connection: CompatConnection;
}

/** How a message is to be sent, as `socket.io-adapter` says it. */
interface WriteOptions {
  readonly volatile?: boolean;
  readonly compress?: boolean;
}

/** Adds the members to the prototypes of the classes. */
export function addCompatMembers({ server, namespace, socket, connection }: CompatClasses): void {
  defineGetter(server, "opts", optionsOf);
  // Reading takes the id; what `++` writes afterwards says nothing new.
  defineGetter(namespace, "_ids", (owner) => owner._nextAckId());
  defineGetter(socket, "acks", acksOf);
  defineMethod(socket, "notifyOutgoingListeners", (owner, packet: { readonly data: readonly unknown[] }) => {
    owner._notifyOutgoing(packet.data);
  });
  defineMethod(connection, "writeToEngine", (owner, messages: readonly Message[], options: WriteOptions) => {
    owner._deliver(deliveryOf(messages, options));
  });
}

/** Adapters that recover sessions look for how long, and expect the defaults to be filled in. */
function optionsOf({ _opts, _recovery }: CompatServer): object {
  return _recovery === undefined ? _opts : { ..._opts, connectionStateRecovery: _recovery };
}

/** The answers that foreign code expects of one socket. Some of it never forgets what nobody answers. */
class ExpectedAnswers {
  /** More than the clients of an application have open at once; each holds a function. */
  static readonly #LIMIT = 10_000;
  readonly #socket: CompatSocket;
  /** In the order in which they were added. */
  readonly #ids = new Set<number>();

  constructor(socket: CompatSocket) {
    this.#socket = socket;
  }

  set(id: number, onAnswer: AnswerCallback): this {
    for (const oldest of this.#ids) {
      if (this.#ids.size < ExpectedAnswers.#LIMIT) break;
      this.delete(oldest);
    }
    this.#ids.add(id);
    this.#socket._expectAnswer(id, (...values) => {
      this.#ids.delete(id);
      onAnswer(...values);
    });
    return this;
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  delete(id: number): boolean {
    this.#socket._forgetAnswer(id);
    return this.#ids.delete(id);
  }
}

const expectedAnswers = new WeakMap<CompatSocket, ExpectedAnswers>();

function acksOf(socket: CompatSocket): ExpectedAnswers {
  let acks = expectedAnswers.get(socket);
  if (acks === undefined) expectedAnswers.set(socket, (acks = new ExpectedAnswers(socket)));
  return acks;
}

/** An adapter hands the same list to every receiver: what is made of it, frames included, is made once. */
const deliveries = new WeakMap<readonly Message[], PreparedDelivery>();

function deliveryOf(
  messages: readonly Message[],
  { volatile = false, compress = true }: WriteOptions = {},
): PreparedDelivery {
  let delivery = deliveries.get(messages);
  if (delivery === undefined) {
    const packets = messages.map((message) => new PreparedPacket(messagePacket(message), compress));
    const byteLength = packets.reduce((sum, { wire }) => sum + wire.length, 0);
    const packet = sources.get(messages) ?? UNKNOWN;
    deliveries.set(messages, (delivery = { packet, flags: { volatile, compress }, packets, byteLength }));
  }
  return delivery;
}

function defineGetter<T extends object>(prototype: T, name: string, get: (owner: T) => unknown): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: T) {
      return get(this);
    },
    set() {
      // see the getters
    },
  });
}

function defineMethod<T extends object, A extends unknown[]>(
  prototype: T,
  name: string,
  method: (owner: T, ...args: A) => void,
): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    writable: true,
    value(this: T, ...args: A) {
      method(this, ...args);
    },
  });
}
