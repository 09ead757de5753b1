/** How an event is to be sent. */

/** What the modifiers in front of an emit have said. */
export interface EmitFlags {
  /** May be lost when the connection cannot take it now. */
  readonly volatile?: boolean;
  /** While the connection cannot take it, only the newest event of this key is kept. Of the server's sockets. */
  readonly latest?: string;
  /** Whether transports may compress it. @default true */
  readonly compress?: boolean;
  /** How long to wait for the acknowledgement, in milliseconds. */
  readonly timeout?: number;
}

/** The flags of an emit without modifiers. */
export const NO_FLAGS: EmitFlags = Object.freeze({});
