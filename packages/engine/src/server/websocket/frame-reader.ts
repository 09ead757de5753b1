/**
 * Reads the frames of a WebSocket client (RFC 6455 §5): messages, pings and the close, out of chunks as the network
 * cuts them. Without extensions; a server that negotiates one reads with `ws`.
 */
import { isUtf8 } from "node:buffer";
import { WebSocketError } from "./websocket-error.ts";
import { unmask } from "./unmask.ts";

/** Whom a reader tells what came. Any of its methods may call {@link FrameReader.stop}. */
export interface FrameOwner {
  onText(text: string): void;
  onBinary(bytes: Buffer): void;
  /** A ping, to be answered with a pong of the same payload. */
  onPing(payload: Buffer): void;
  /** The peer closes. Nothing follows. @param code 1005 if it gave none */
  onCloseFrame(code: number): void;
  /** The peer broke the protocol or a limit. Nothing follows. */
  onViolation(error: WebSocketError): void;
}

/** What a message may take. One object serves all connections. */
export interface FrameLimits {
  /** Longest message, in bytes. */
  readonly maxPayload: number;
  /** Frames that one message may come in. */
  readonly maxFragments: number;
  /** Pieces, as the network cuts them, that are held of one message. */
  readonly maxBufferedChunks: number;
}

const FIN = 0x80;
const RESERVED_BITS = 0x70;
const OPCODE_BITS = 0x0f;
const MASKED = 0x80;
const LENGTH_BITS = 0x7f;
const MASK_LENGTH = 4;
const MAX_SHORT_LENGTH = 125;

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What a close frame without a code stands for (RFC 6455 §7.1.5). */
const NO_CODE = 1005;

/**
 * The reading half of one connection.
 * ```
 *             header of a data frame             its last byte
 *   Between ─────────────────────────▶ Within ────────────────▶ Between
 *      │ close frame, violation, stop()   │ the same, but for the first
 *      └──────────────▶ Stopped ◀─────────┘
 * ```
 * Control frames are short and taken whole: they cause no transition.
 */
export class FrameReader {
  readonly #owner: FrameOwner;
  readonly #limits: FrameLimits;
  #stopped = false;
  /** The beginning of a header or control frame that the network has cut. */
  #rest: Buffer | undefined;
  /** Payload bytes that are still to come of the frame at work. */
  #missing = 0;
  #mask = 0;
  /** Payload bytes that came of the frame at work, modulo 4. */
  #phase = 0;
  #final = true;
  /** Of the message at work; zero between messages. */
  #opcode: number = OPCODE.continuation;
  #ascii = true;
  #length = 0;
  #fragments = 0;
  /** The unmasked pieces of a message that does not lie in one. */
  #pieces: Buffer[] | undefined;

  constructor(owner: FrameOwner, limits: FrameLimits) {
    this.#owner = owner;
    this.#limits = limits;
  }

  /** Takes the next bytes of the connection, and changes them: the masks are taken off in place. */
  receive(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, chunk]);
      this.#rest = undefined;
    }
    let at = 0;
    while (at < bytes.length && !this.#stopped) {
      at = this.#missing > 0 ? this.#readPayload(bytes, at) : this.#readFrame(bytes, at);
    }
  }

  /** Reads nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#rest = undefined;
    this.#pieces = undefined;
  }

  /** @returns where the next frame, or the payload of this one, goes on */
  #readFrame(bytes: Buffer, start: number): number {
    if (bytes.length - start < 2) return this.#keep(bytes, start);
    const first = bytes[start]!;
    const second = bytes[start + 1]!;
    const fault = this.#faultOf(first, second);
    if (fault !== undefined) return this.#refuse(fault);
    const opcode = first & OPCODE_BITS;
    if (opcode >= OPCODE.close) return this.#readControl(bytes, start, opcode, second & LENGTH_BITS);
    return this.#readHeader(bytes, start, first, second & LENGTH_BITS);
  }

  #readHeader(bytes: Buffer, start: number, first: number, lengthCode: number): number {
    const extension = lengthCode <= MAX_SHORT_LENGTH ? 0 : lengthCode === 126 ? 2 : 8;
    const maskAt = start + 2 + extension;
    if (bytes.length < maskAt) return this.#keep(bytes, start);
    const length = extension === 0 ? lengthCode : extendedLength(bytes, start + 2, extension);
    const fault = this.#limitFault(length);
    if (fault !== undefined) return this.#refuse(fault);
    const payloadAt = maskAt + MASK_LENGTH;
    if (bytes.length < payloadAt) return this.#keep(bytes, start);
    this.#mask = bytes.readUInt32BE(maskAt);
    this.#phase = 0;
    this.#final = (first & FIN) !== 0;
    if (this.#opcode === OPCODE.continuation) this.#opcode = first & OPCODE_BITS;
    this.#length += length;
    this.#fragments++;
    this.#missing = length;
    if (length === 0) this.#endFrame(bytes, payloadAt, payloadAt);
    return payloadAt;
  }

  #readPayload(bytes: Buffer, start: number): number {
    const end = Math.min(bytes.length, start + this.#missing);
    const ascii = unmask(bytes, start, end, this.#mask, this.#phase);
    this.#ascii &&= ascii;
    this.#missing -= end - start;
    if (this.#missing === 0) {
      this.#endFrame(bytes, start, end);
      return end;
    }
    this.#phase = (this.#phase + end - start) & 3;
    this.#hold(bytes.subarray(start, end));
    return end;
  }

  /** The last piece of a frame lies between `start` and `end`. */
  #endFrame(bytes: Buffer, start: number, end: number): void {
    if (!this.#final) {
      if (end > start) this.#hold(bytes.subarray(start, end));
      return;
    }
    const pieces = this.#pieces;
    if (pieces === undefined) return this.#deliver(bytes, start, end);
    pieces.push(bytes.subarray(start, end));
    const whole = Buffer.concat(pieces, this.#length);
    this.#deliver(whole, 0, whole.length);
  }

  #deliver(bytes: Buffer, start: number, end: number): void {
    const isText = this.#opcode === OPCODE.text;
    const ascii = this.#ascii;
    this.#opcode = OPCODE.continuation;
    this.#ascii = true;
    this.#length = 0;
    this.#fragments = 0;
    this.#pieces = undefined;
    if (!isText) return this.#owner.onBinary(bytes.subarray(start, end));
    if (ascii) return this.#owner.onText(bytes.toString("latin1", start, end));
    if (isUtf8(bytes.subarray(start, end))) return this.#owner.onText(bytes.toString("utf8", start, end));
    this.#refuse(new WebSocketError("invalidPayload", "A text message is not UTF-8."));
  }

  #hold(piece: Buffer): void {
    (this.#pieces ??= []).push(piece);
    if (this.#pieces.length > this.#limits.maxBufferedChunks) {
      this.#refuse(new WebSocketError("policyViolation", "A message comes in too many pieces."));
    }
  }

  #readControl(bytes: Buffer, start: number, opcode: number, length: number): number {
    const payloadAt = start + 2 + MASK_LENGTH;
    const end = payloadAt + length;
    if (bytes.length < end) return this.#keep(bytes, start);
    unmask(bytes, payloadAt, end, bytes.readUInt32BE(start + 2), 0);
    if (opcode === OPCODE.ping) this.#owner.onPing(bytes.subarray(payloadAt, end));
    else if (opcode === OPCODE.close) this.#readClose(bytes.subarray(payloadAt, end));
    return end;
  }

  #readClose(payload: Buffer): void {
    const code = payload.length === 0 ? NO_CODE : payload.readUInt16BE(0);
    if (payload.length > 0 && !isLawfulCode(code)) {
      return void this.#refuse(new WebSocketError("protocolError", `${code} is no close code.`));
    }
    if (!isUtf8(payload.subarray(2))) {
      return void this.#refuse(new WebSocketError("invalidPayload", "The reason of a close is not UTF-8."));
    }
    this.stop();
    this.#owner.onCloseFrame(code);
  }

  /** What is wrong with the first two bytes of a frame. */
  #faultOf(first: number, second: number): WebSocketError | undefined {
    // RFC 6455 §5.2: MUST be 0 unless an extension is negotiated that defines meanings for non-zero values.
    if ((first & RESERVED_BITS) !== 0) return protocolError("A reserved bit is set.");
    const opcode = first & OPCODE_BITS;
    const within = this.#opcode !== OPCODE.continuation;
    if (opcode === OPCODE.continuation) {
      if (!within) return protocolError("A continuation has nothing to continue.");
    } else if (opcode <= OPCODE.binary) {
      if (within) return protocolError("A message begins inside another.");
    } else if (opcode >= OPCODE.close && opcode <= OPCODE.pong) {
      // RFC 6455 §5.5: control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented.
      if ((first & FIN) === 0) return protocolError("A control frame is fragmented.");
      const length = second & LENGTH_BITS;
      if (length > MAX_SHORT_LENGTH) return protocolError("A control frame is too long.");
      if (opcode === OPCODE.close && length === 1) return protocolError("Half a close code.");
    } else {
      return protocolError(`${opcode} is no opcode.`);
    }
    // RFC 6455 §5.1: the server MUST close the connection upon receiving a frame that is not masked.
    return (second & MASKED) === 0 ? protocolError("A frame is not masked.") : undefined;
  }

  /** Before memory is taken. */
  #limitFault(length: number): WebSocketError | undefined {
    const { maxPayload, maxFragments } = this.#limits;
    if (this.#length + length > maxPayload) {
      return new WebSocketError("messageTooBig", `A message is longer than ${maxPayload} bytes.`);
    }
    if (this.#fragments >= maxFragments) {
      return new WebSocketError("policyViolation", "A message comes in too many fragments.");
    }
    return undefined;
  }

  #keep(bytes: Buffer, start: number): number {
    this.#rest = Buffer.from(bytes.subarray(start)); // copied: the chunk it lies in may be much larger
    return bytes.length;
  }

  #refuse(error: WebSocketError): number {
    this.stop();
    this.#owner.onViolation(error);
    return Infinity;
  }
}

function protocolError(message: string): WebSocketError {
  return new WebSocketError("protocolError", message);
}

/** A length beyond what numbers can tell apart is above every limit all the same. */
function extendedLength(bytes: Buffer, at: number, extension: number): number {
  return extension === 2
    ? bytes.readUInt16BE(at)
    : bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

/** RFC 6455 §7.4, and the registry that it founded: 1004 to 1006 are never sent, 1015 neither. */
function isLawfulCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999);
}
