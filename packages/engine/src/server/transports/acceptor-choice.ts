/** Who makes the WebSockets: this package, but for what only `ws` or the class given as `wsEngine` can do. */
import type { TimerWheel } from "../../shared/timer-wheel.ts";
import type { ResolvedOptions } from "../options.ts";
import { FramedAcceptor } from "./framed-acceptor.ts";
import type { ServerTransport } from "./server-transport.ts";
import type { AcceptedUpgrade, HeaderHook, WebSocketAcceptor } from "./websocket-acceptor.ts";
import { WsAcceptor } from "./ws-acceptor.ts";

/** The acceptor that the options ask for. */
export function createAcceptor(
  options: ResolvedOptions,
  wheel: TimerWheel,
  onHeaders: HeaderHook,
): WebSocketAcceptor {
  if (options.wsEngine !== undefined) return new WsAcceptor(options, onHeaders);
  const framed = new FramedAcceptor(options, wheel, onHeaders);
  return options.perMessageDeflate === false
    ? framed
    : new ByOffer(new WsAcceptor(options, onHeaders), framed);
}

/** Leaves to `ws` the clients that offer to compress. */
class ByOffer implements WebSocketAcceptor {
  readonly #compressing: WebSocketAcceptor;
  readonly #plain: WebSocketAcceptor;

  constructor(compressing: WebSocketAcceptor, plain: WebSocketAcceptor) {
    this.#compressing = compressing;
    this.#plain = plain;
  }

  accept(upgrade: AcceptedUpgrade, onOpen: (transport: ServerTransport) => void): void {
    const offer = upgrade.request.headers["sec-websocket-extensions"];
    const acceptor = offer === undefined ? this.#plain : this.#compressing;
    acceptor.accept(upgrade, onOpen);
  }

  close(): void {
    this.#compressing.close();
    this.#plain.close();
  }
}
