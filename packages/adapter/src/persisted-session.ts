/** A session as adapters written for Socket.IO keep it (api-surface.md 7.1, 12.5). */

/** What is kept of a socket whose connection was lost. */
export interface PersistedSession {
  /** The socket's id. */
  readonly sid: string;
  /** The session's own id, which its client alone knows. */
  readonly pid: string;
  /** The rooms of the socket, that of its own id included. */
  readonly rooms: readonly string[];
  /** Whatever the application keeps for the socket. */
  readonly data: unknown;
}

/** The session of a client that comes back. */
export interface RestoredSession extends PersistedSession {
  /** The events that it missed, in order: of each the name, the arguments, and the offset at the end. */
  readonly missedPackets: readonly (readonly unknown[])[];
}
