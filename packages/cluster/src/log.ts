/** The seam between the cluster and what keeps what was sent: streams of frames, each in one order for all nodes. */

/** How much of a stream is kept. Its newest frame is kept in any case. */
export interface LogLimits {
  /** Frames. */
  readonly maxFrames: number;
  /** Their length in all, in bytes. */
  readonly maxBytes: number;
  /** Their age, in milliseconds. */
  readonly maxAgeMs: number;
  /** Time after which a stream that is neither appended to nor touched may be forgotten as a whole, in milliseconds. @default never */
  readonly ttlMs?: number;
}

/** Who appends, so that what is appended again counts once. */
export interface Producer {
  /** Nobody else has it, nor had it before. */
  readonly id: string;
  /** The number of the first frame, among all that the producer appends to the stream: from 1 on. */
  readonly seq: number;
}

/** A part of a stream. */
export interface LogSlice {
  /** Another one when the log has forgotten what it had: positions before and after have nothing to do with each other. */
  readonly epoch: string;
  /** The position of the first frame. If it is more than one behind what was asked for, those between are forgotten. */
  readonly first: number;
  /** Frames without a gap. */
  readonly frames: readonly Uint8Array[];
  /** The position of the newest frame of the stream; zero before the first. */
  readonly head: number;
}

/** Keeps frames in order. A stream exists as soon as it is named. */
export interface Log {
  /**
   * Appends frames in one step and brings them to who follows. Frames of the producer that are in the stream already are left
   * out. Resolves when they are kept; when it is rejected they may be, and the producer appends them again.
   */
  append(stream: string, frames: readonly Uint8Array[], producer: Producer, limits: LogLimits): Promise<void>;
  /** What is behind a position, oldest first. @param limit how many frames, at most */
  read(stream: string, after: number, limit: number): Promise<LogSlice>;
  /** From when it resolves, what is appended comes. Some of it may be lost, doubled or late: who follows reads what is missing. */
  follow(stream: string, onSlice: (slice: LogSlice) => void): Promise<void>;
  /** The stream is followed no more. */
  unfollow(stream: string): void;
  /** A stream that may be forgotten is needed for so long. */
  touch(stream: string, ttlMs: number): Promise<void>;
  /** A stream is needed no more. */
  remove(stream: string): Promise<void>;
}
