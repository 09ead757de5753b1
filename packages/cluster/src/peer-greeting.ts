/**
 * How two nodes make sure of each other on a connection of their own (docs/cluster.md, "A port for the other servers"). Each shows
 * that it knows the secret of the one that listens, by a fresh number of the other's; the secret itself is not sent.
 * ```
 *   guest ── 16 random bytes ─────────────────────▶ host
 *   guest ◀── 16 random bytes, and their answer ─── host
 *   guest ── the answer to the host's ────────────▶ host
 * ```
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";

/** How long it may take, in milliseconds. */
const GREETING_TIMEOUT_MS = 2_000;

const NONCE_BYTES = 16;
const ANSWER_BYTES = 32;

/** The side that connects. Rejects, and ends the connection, if the other is not who it should be. */
export function greetHost(socket: Socket, secret: Buffer): Promise<void> {
  return inTime(socket, async () => {
    const nonce = randomBytes(NONCE_BYTES);
    socket.write(nonce);
    const reply = await readExactly(socket, NONCE_BYTES + ANSWER_BYTES);
    expectSame(reply.subarray(NONCE_BYTES), answerTo(nonce, "host", secret));
    socket.write(answerTo(reply.subarray(0, NONCE_BYTES), "guest", secret));
  });
}

/** The side that listens. Rejects, and ends the connection, if the other is not who it should be. */
export function greetGuest(socket: Socket, secret: Buffer): Promise<void> {
  return inTime(socket, async () => {
    const theirs = await readExactly(socket, NONCE_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    socket.write(Buffer.concat([nonce, answerTo(theirs, "host", secret)]));
    expectSame(await readExactly(socket, ANSWER_BYTES), answerTo(nonce, "guest", secret));
  });
}

function answerTo(nonce: Buffer, who: "host" | "guest", secret: Buffer): Buffer {
  return createHmac("sha256", secret).update(who).update(nonce).digest();
}

function expectSame(given: Buffer, expected: Buffer): void {
  if (!timingSafeEqual(given, expected)) throw new Error("somebody else is at the other end");
}

async function inTime(socket: Socket, greet: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), GREETING_TIMEOUT_MS).unref();
  try {
    await greet();
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Takes so many bytes, and leaves what is behind them. */
function readExactly(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const take = (): void => {
      const bytes = socket.read(length) as Buffer | null;
      if (bytes === null) return;
      if (bytes.length === length) settle(() => resolve(bytes));
      else fail();
    };
    const fail = (): void => settle(() => reject(new Error("the connection ends before its greeting")));
    const settle = (action: () => void): void => {
      socket.off("readable", take).off("close", fail);
      action();
    };
    socket.on("readable", take).on("close", fail);
  });
}
