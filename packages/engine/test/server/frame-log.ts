/** What a reader of frames makes of a series of chunks: ours, and the `Receiver` of ws, in the same words. */
import { createRequire } from "node:module";
import type { Writable } from "node:stream";
import { type FrameLimits, type FrameOwner, FrameReader } from "../../src/server/websocket/frame-reader.ts";
import type { WebSocketError } from "../../src/server/websocket/websocket-error.ts";

/** One thing that happened: what it was, and with what. Errors by their close code. */
export type FrameEvent = readonly [what: string, value: string | number];

/** Limits that no test reaches by accident. */
export const WIDE: FrameLimits = { maxPayload: 1_000_000, maxFragments: 1000, maxBufferedChunks: 1000 };

/** Ours. */
export function readWithOurs(chunks: readonly Buffer[], limits: FrameLimits = WIDE): FrameEvent[] {
  const log: FrameEvent[] = [];
  const owner: FrameOwner = {
    onText: (text) => log.push(["text", text]),
    onBinary: (bytes) => log.push(["binary", bytes.toString("hex")]),
    onPing: (payload) => log.push(["ping", payload.toString("hex")]),
    onCloseFrame: (code) => log.push(["close", code]),
    onViolation: (error: WebSocketError) => log.push(["error", error.closeCode]),
  };
  const reader = new FrameReader(owner, limits);
  for (const chunk of chunks) reader.receive(Buffer.from(chunk));
  return log;
}

// Its types leave the class out, which its module exports.
const { Receiver } = createRequire(import.meta.url)("ws") as {
  Receiver: new (options: object) => Writable;
};

/** The one of ws, which tells pongs too; they concern nobody. */
export function readWithWs(chunks: readonly Buffer[], limits: FrameLimits = WIDE): FrameEvent[] {
  const log: FrameEvent[] = [];
  const receiver = new Receiver({ isServer: true, binaryType: "nodebuffer", ...limits });
  receiver.on("message", (data: Buffer, isBinary: boolean) =>
    log.push(isBinary ? ["binary", data.toString("hex")] : ["text", data.toString()]),
  );
  receiver.on("ping", (payload: Buffer) => log.push(["ping", payload.toString("hex")]));
  receiver.on("conclude", (code: number) => log.push(["close", code]));
  receiver.on("error", () => undefined);
  for (const chunk of chunks) {
    if (log.at(-1)?.[0] === "close") break; // its owner writes nothing more
    receiver.write(Buffer.from(chunk));
    // Its event would come in a later tick.
    if (receiver.errored !== null) return [...log, ["error", statusOf(receiver.errored)]];
  }
  return log;
}

/** ws keeps the close code of an error under a symbol of its own. */
function statusOf(error: object): number {
  const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === "status-code");
  return (error as Record<symbol, number>)[symbol!]!;
}

/** `bytes` cut after every `size` bytes. */
export function choppedBy(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}
