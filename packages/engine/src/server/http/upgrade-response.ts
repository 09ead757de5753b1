/**
 * The response that middlewares see on an upgrade. If they let the request pass, it is that of the 101: the headers they
 * set go out with it, and what they do when headers are written or a response ends is done then. If one of them
 * answers instead, its answer is sent as that of any HTTP request, and the connection ends with it.
 */
import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Duplex, Writable } from "node:stream";
import { callGuarded } from "@telsiz/events";

/** One such response. */
export class UpgradeResponse {
  /** What middlewares are given. */
  readonly response: ServerResponse;
  readonly #socket: Duplex;
  /** What the response writes to: it never has the socket itself, which is the WebSocket's later. */
  readonly #outlet: Writable;
  readonly #onGone: () => void;
  readonly #fail: (error: unknown) => void;
  #accepted = false;

  /** @param fail is told what the middlewares' hooks on a 101 throw */
  constructor(request: IncomingMessage, socket: Duplex, fail: (error: unknown) => void) {
    this.#socket = socket;
    this.#fail = fail;
    this.#outlet = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (this.#accepted) done();
        else socket.write(chunk, done);
      },
      destroy: (error, done) => {
        if (!this.#accepted) socket.destroy();
        done(error);
      },
    });
    this.#outlet.on("error", () => undefined); // nobody is there any more to be answered
    this.#onGone = () => void this.#outlet.destroy();
    this.response = new ServerResponse(request);
    this.response.shouldKeepAlive = false;
    // Of its socket a response uses nothing but what `Writable` has.
    const outlet: unknown = this.#outlet;
    this.response.assignSocket(outlet as Socket);
    this.response.once("finish", () => {
      if (!this.#accepted) socket.end(() => socket.destroy());
    });
    socket.once("close", this.#onGone).once("end", this.#onGone);
    socket.read(0); // otherwise nothing is read before the WebSocket is there, and the end of the peer not noticed
  }

  /** The request is accepted: runs the hooks on the head of the answer, and gives the headers that were set. */
  writeHead(): OutgoingHttpHeaders {
    this.#accepted = true;
    this.#socket.off("end", this.#onGone);
    callGuarded(this.response, () => void this.response.writeHead(101), [], this.#fail);
    return this.response.getHeaders();
  }

  /** The 101 was sent: runs the hooks on the end of the answer. */
  end(): void {
    callGuarded(this.response, () => void this.response.end(), [], this.#fail);
    // Without it the response can be forgotten now, and not only with the connection.
    if (this.response.listenerCount("close") === 0) this.#socket.off("close", this.#onGone);
  }
}
