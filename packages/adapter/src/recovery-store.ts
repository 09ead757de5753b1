/** The seam of connection state recovery: what keeps sessions, and what they missed (protocol.md B.5). */
import type { EventPacket } from "@telsiz/parser";
import type { AdapterSocket, BroadcastFlags, Delivery, SocketId } from "./adapter.ts";

/** A session whose connection was lost, taken out to be resumed. Nobody else can take it meanwhile. */
export interface LostSession {
  /** The id that its socket had and will have again. */
  readonly sid: SocketId;
  /** The session's own id. */
  readonly pid: string;
  /** What {@link RecoveryStore.suspend} was given for it. */
  readonly data: unknown;
}

/** What a resumed session gets back. */
export interface ResumedSession {
  /** What it missed, in order, up to the moment at which this is read: once, as its socket is let in. */
  readonly missed: readonly Delivery[];
}

/** An adapter that can also recover sessions. */
export interface RecoveryStore {
  /**
   * The offset of what was sent last. Every event carries one, so that its last argument is never mistaken for it.
   * `undefined` where others number events, and in ways of their own.
   */
  readonly offset: string | undefined;
  /** Whether it keeps lost sessions whose clients may come back. When it does no more, it tells its namespace. */
  readonly awaitsClients: boolean;
  /** The socket that holds the session `pid`, if its connection is not known to be lost. */
  holderOf(pid: string): SocketId | undefined;
  /** A socket is connected: its session begins. */
  open(pid: string, sid: SocketId): void;
  /**
   * The connection was lost in a way after which it may come back. Called while the socket is in its rooms.
   * @param data what is to be kept for it, opaque to the store
   */
  suspend(pid: string, data: unknown): void;
  /** The session has ended. */
  drop(pid: string): void;
  /**
   * Takes a lost session out and puts its socket, which is not connected yet, into its rooms.
   * @param offset of the last event that the client got; `undefined` if it got none
   * @returns `undefined` if it is unknown, expired, or what it missed is not known any more; a promise is never rejected
   */
  take(pid: string, offset: string | undefined): Promise<LostSession | undefined> | LostSession | undefined;
  /** Puts back what {@link take} took out, as its socket was not let in; it has left its rooms. */
  putBack(session: LostSession): void;
  /**
   * Connects a lost session again: its socket has missed what is returned, and gets what is sent from now on.
   * `undefined` if a part of that is not known any more; then the session has ended. A promise is never rejected, and
   * what is sent to the socket meanwhile is part of what it missed.
   * @param socket that of the session, which is not let in yet
   */
  resume(
    session: LostSession,
    socket: AdapterSocket,
  ): Promise<ResumedSession | undefined> | ResumedSession | undefined;
  /**
   * Sends an event to one socket of this server alone, so that it can be recovered. Where it is missing, the event is
   * broadcast to the room of the socket's id.
   */
  sendTo?(id: SocketId, packet: EventPacket, flags: BroadcastFlags): void;
  /** Ahead of the adapter's `close`: resolves when what is to be kept is kept, where that takes time. */
  end?(): Promise<void>;
}

/** Whether an adapter can recover sessions. */
export function isRecoveryStore(adapter: object): adapter is RecoveryStore {
  return "resume" in adapter && "holderOf" in adapter;
}
