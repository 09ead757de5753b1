/** Questions to the server, and what comes of them. */
import { AckError, type Issue } from "@telsiz/events";
import { type Bytes, PIECE } from "../contract.ts";

/** How long the server may take to answer, in milliseconds. */
export const ANSWER_TIMEOUT = 6000;
/** The same for a file, which takes longer to travel. */
export const FILE_TIMEOUT = 30_000;

/** An error that came in place of an answer, to any client. */
export interface Refusal {
  readonly code: string;
  readonly data?: unknown;
  readonly issues?: readonly Issue[] | undefined;
}

/** Why a question has no answer, in a sentence for the user. */
export function problemOf(error: unknown): string {
  return error instanceof AckError ? sentenceOf(error) : "The server did not answer: try again.";
}

/** What an error says: the errors of the contract, and its validators, have sentences of their own. */
export function sentenceOf({ code, data, issues }: Refusal): string {
  const [issue] = issues ?? [];
  if (issue) return issue.message;
  if (typeof data === "string") return data;
  if (code === "RATE_LIMITED") return "That is too much at once: wait a moment.";
  return "The server could not do this.";
}

/**
 * Sends a file in pieces, each after the one before was acknowledged. The server says where to go on, also after a
 * lost connection.
 * @param put sends one piece, and answers how many bytes are there
 */
export async function sendPieces(
  file: Blob,
  put: (offset: number, piece: Bytes) => Promise<number>,
  onProgress: (part: number) => void,
): Promise<void> {
  let offset = 0;
  while (offset < file.size) {
    offset = await put(offset, file.slice(offset, offset + PIECE));
    onProgress(offset / file.size);
  }
}
