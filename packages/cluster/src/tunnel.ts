/** A connection between two nodes that goes through the broker, as bytes in both directions: what a socket is elsewhere. */
import { Duplex } from "node:stream";
import type { NodeId } from "./node-id.ts";
import { PartKind } from "./tunnel-part.ts";

/** How many bytes may be on their way in one direction. */
const WINDOW_BYTES = 128 * 1_024;

/** Where the parts of a tunnel go. */
export interface TunnelOwner {
  /** Sends a part to the other node. */
  sendPart(tunnel: Tunnel, kind: PartKind, data?: Uint8Array): void;
  /** The tunnel has ended. */
  onClosed(tunnel: Tunnel): void;
}

/** What waits until the other node has taken more. */
interface WaitingWrite {
  readonly rest: Buffer;
  readonly done: () => void;
}

/**
 * One end of a tunnel. `connect` is emitted when the other node has taken it. It ends without an error when the other end is
 * gone, as a socket does that nobody listens to.
 */
export class Tunnel extends Duplex {
  /** The node at the other end. */
  readonly node: NodeId;
  /** Its number, by the node that opened it. */
  readonly number: number;
  /** Whether this node opened it. */
  readonly isOpener: boolean;
  readonly #owner: TunnelOwner;
  /** How much the other end may still be sent. */
  #credit = WINDOW_BYTES;
  #waiting: WaitingWrite | undefined;
  /** How much was taken since the other end was told. */
  #taken = 0;
  /** The other end will send nothing more. */
  #isEnded = false;
  /** The other end takes nothing more. */
  #isAborted = false;

  constructor(owner: TunnelOwner, node: NodeId, number: number, isOpener: boolean) {
    super({ highWaterMark: WINDOW_BYTES });
    this.#owner = owner;
    this.node = node;
    this.number = number;
    this.isOpener = isOpener;
  }

  /** A part came. */
  receive(kind: PartKind, data: Buffer): void {
    if (kind === PartKind.ACCEPT) this.emit("connect");
    else if (kind === PartKind.DATA) this.#receiveData(data);
    else if (kind === PartKind.TAKEN) this.#receiveTaken(data.readUInt32BE());
    else if (kind === PartKind.END) this.#receiveEnd();
    else if (kind === PartKind.ABORT) this.abort();
  }

  /** The other end is gone. What came before it went can still be read, if that is all. */
  abort(): void {
    this.#isAborted = true;
    if (!this.#isEnded || this.readableEnded) return void this.destroy();
    this.once("end", () => this.destroy());
    this.#resume(); // what is written goes nowhere
  }

  override _read(): void {
    if (this.#taken < WINDOW_BYTES / 2) return;
    const taken = Buffer.allocUnsafe(4);
    taken.writeUInt32BE(this.#taken);
    this.#taken = 0;
    this.#send(PartKind.TAKEN, taken);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#isAborted) return done();
    const part = chunk.subarray(0, this.#credit);
    if (part.length > 0) this.#send(PartKind.DATA, part);
    this.#credit -= part.length;
    if (part.length === chunk.length) return done();
    this.#waiting = { rest: chunk.subarray(part.length), done };
  }

  override _final(done: () => void): void {
    this.#send(PartKind.END);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isEnded || !this.writableFinished) this.#send(PartKind.ABORT);
    this.#isAborted = true;
    this.#waiting = undefined;
    this.#owner.onClosed(this);
    done(error);
  }

  #receiveData(data: Buffer): void {
    if (this.#isEnded || this.destroyed) return;
    if (this.readableLength > 2 * WINDOW_BYTES) return void this.destroy(); // it was not told that it may
    this.#taken += data.length;
    this.push(data);
  }

  #receiveTaken(bytes: number): void {
    this.#credit = Math.min(this.#credit + bytes, WINDOW_BYTES); // whatever it says, no more is ever on its way
    this.#resume();
  }

  #receiveEnd(): void {
    if (this.#isEnded || this.destroyed) return;
    this.#isEnded = true;
    this.push(null);
  }

  #resume(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this._write(waiting.rest, "utf8", waiting.done);
  }

  #send(kind: PartKind, data?: Uint8Array): void {
    if (!this.#isAborted) this.#owner.sendPart(this, kind, data);
  }
}
