/** Questions to the server, and what comes of them. */
import type { Bytes, Reply } from "../events.ts";
import { PIECE } from "../events.ts";

/** How long the server may take to answer, in milliseconds. */
export const ANSWER_TIMEOUT = 6000;
/** The same for a file, which takes longer to travel. */
export const FILE_TIMEOUT = 30_000;

/** The value of an answer. @throws Error with a sentence for the user */
export async function valueOf<T>(answer: Promise<Reply<T>>): Promise<T> {
  const reply = await answer.catch(() => undefined);
  if (!reply) throw new Error("The server did not answer: try again.");
  if (!reply.ok) throw new Error(reply.problem);
  return reply.value;
}

/** What went wrong, in words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Sends a file in pieces, each after the one before was acknowledged. The server says where to go on, also after a
 * lost connection.
 * @param put sends one piece, and answers how many bytes are there
 */
export async function sendPieces(
  file: Blob,
  put: (offset: number, piece: Bytes) => Promise<Reply<number>>,
  onProgress: (part: number) => void,
): Promise<Reply<null>> {
  let offset = 0;
  while (offset < file.size) {
    const answer = await put(offset, file.slice(offset, offset + PIECE));
    if (!answer.ok) return answer;
    offset = answer.value;
    onProgress(offset / file.size);
  }
  return { ok: true, value: null };
}
