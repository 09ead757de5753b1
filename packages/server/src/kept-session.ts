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

/** @returns the session's id */
export function beginSession(recovery: RecoveryStore, sid: SocketId): string {
  const pid = randomId();
  recovery.open(pid, sid);
  return pid;
}

/** The socket, with its `data`, leaves for `reason`. */
export function endSession(
  recovery: RecoveryStore,
  pid: string,
  reason: ServerDisconnectReason,
  socket: { readonly data: unknown },
): void {
  if (UNRECOVERABLE.has(reason)) recovery.drop(pid);
  else recovery.suspend(pid, socket.data);
}
