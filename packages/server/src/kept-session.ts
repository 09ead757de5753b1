/** The session of a socket, where sessions are kept: it begins with the socket, and may outlive its connection. */
import type { RecoveryStore, SocketId } from "@telsiz/adapter";
import { randomId } from "@telsiz/engine/server";
import type { ServerDisconnectReason } from "@telsiz/socket";

/** Ends that were meant: the client will not want back what it had (api-surface.md 4). */
const UNRECOVERABLE: ReadonlySet<ServerDisconnectReason> = new Set<ServerDisconnectReason>([
  "parse error",
  "client namespace disconnect",
  "server namespace disconnect",
]);

/** What outlives the connection of a socket, besides its rooms. */
export interface KeptState {
  /** What the application keeps for it. */
  readonly data: unknown;
  /** How many events of the session have come. */
  readonly received: number;
}

/** @returns the session's id */
export function beginSession(recovery: RecoveryStore, sid: SocketId): string {
  const pid = randomId();
  recovery.open(pid, sid);
  return pid;
}

/** The socket leaves for `reason`. @returns whether its session is kept */
export function endSession(
  recovery: RecoveryStore,
  pid: string,
  reason: ServerDisconnectReason,
  state: KeptState,
): boolean {
  const isKept = !UNRECOVERABLE.has(reason);
  if (isKept) recovery.suspend(pid, state);
  else recovery.drop(pid);
  return isKept;
}
