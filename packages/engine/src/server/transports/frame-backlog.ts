/** Frames that come after what a socket holds already, as bytes. */
import type { Writable } from "node:stream";
import { textFrame } from "./frame.ts";

/** A queue of frames in few pieces, outside of the heap. */
export class FrameBacklog {
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  /** The length of all frames. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @returns how many bytes they are as frames */
  push(texts: readonly string[]): number {
    let frames = "";
    for (const text of texts) frames += textFrame(text);
    const piece = Buffer.from(frames, "latin1");
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    return piece.length;
  }

  /** Writes as much as the socket takes. @returns whether it can take more than that */
  writeTo(socket: Writable): boolean {
    while (!socket.writableNeedDrain) {
      const piece = this.#pieces.shift();
      if (piece === undefined) return true;
      this.#bytes -= piece.length;
      socket.write(piece);
    }
    return false;
  }

  clear(): void {
    this.#pieces.length = 0;
    this.#bytes = 0;
  }
}
