/** Events between the servers that share a namespace (api-surface.md 1). */
import type { NamespaceAdapter, ServerAnswersCallback } from "@telsiz/adapter";
import type { Listener } from "@telsiz/events";
import { ReservedEventError } from "@telsiz/socket";
import type { ClusterGate } from "./cluster-gate.ts";
import { ServerSideAckError } from "./errors.ts";

/** What such an event sees of the namespace that it leaves from. */
export interface ServerSideNamespace {
  readonly adapter: NamespaceAdapter;
  readonly _cluster: ClusterGate;
  /** Calls a function of the application, which may throw without harm to anything else. */
  _callHandler(handler: Listener, args: readonly unknown[], event: string): void;
  /** Reports what the promise of an adapter's method is rejected with. */
  _watch(outcome: Promise<void> | void, method: string): void;
}

/** What a server and its namespaces raise themselves: no other server may feign it. */
const RESERVED: ReadonlySet<string> = new Set([
  "connect",
  "connection",
  "new_namespace",
  "handler_error",
  "rate_limited",
  "invalid_event",
  "cluster:gap",
  "newListener",
  "removeListener",
]);

/** Whether another server may raise this event here: it may be less careful, or something else altogether. */
export function isServerSideEvent(packet: unknown): packet is [event: string, ...args: unknown[]] {
  return Array.isArray(packet) && typeof packet[0] === "string" && !RESERVED.has(packet[0]);
}

/**
 * Sends an event to the other servers. A function at the end of `args` is called with an error, if not all have
 * answered, and the answers that came.
 * @throws ReservedEventError
 */
export function emitServerSide(nsp: ServerSideNamespace, event: string, args: readonly unknown[]): void {
  checkName(event);
  const last = args.at(-1);
  if (typeof last !== "function") return send(nsp, event, args);
  const answered: ServerAnswersCallback = (error, answers) => {
    nsp._callHandler(last as ServerAnswersCallback, [error, answers], event);
  };
  send(nsp, event, args.slice(0, -1), answered);
}

/**
 * Sends an event to the other servers and resolves with what they answer.
 * @throws ServerSideAckError (through the promise, with the answers that came), ReservedEventError
 */
export function requestServerSide(
  nsp: ServerSideNamespace,
  event: string,
  args: readonly unknown[],
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    checkName(event);
    const answered: ServerAnswersCallback = (error, answers) => {
      if (error) reject(new ServerSideAckError(error, answers));
      else resolve(answers);
    };
    send(nsp, event, args, answered);
  });
}

function checkName(event: string): void {
  if (RESERVED.has(event)) throw new ReservedEventError(event);
}

function send(
  nsp: ServerSideNamespace,
  event: string,
  args: readonly unknown[],
  answered?: ServerAnswersCallback,
): void {
  const packet = [event, ...nsp._cluster.prepare(event, args)];
  if (answered !== undefined) packet.push(nsp._cluster.answersTo(event, answered));
  nsp._watch(nsp.adapter.serverSideEmit(packet), "serverSideEmit");
}
