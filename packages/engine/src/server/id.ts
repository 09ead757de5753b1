/** Random session ids (security.md row 15): 120 bits, 20 characters of the URL-safe base64 alphabet, no counter. */
import { crypto } from "./crypto.ts";

const BYTES_PER_ID = 15;
const IDS_PER_POOL = 256;

/** Random bytes are drawn for many ids at a time, since each draw is a system call. */
const pool = Buffer.allocUnsafeSlow(BYTES_PER_ID * IDS_PER_POOL);
let position = pool.length;

/** A fresh id that nobody can guess. */
export function randomId(): string {
  if (position === pool.length) {
    crypto().randomFillSync(pool);
    position = 0;
  }
  const id = pool.toString("base64url", position, position + BYTES_PER_ID);
  position += BYTES_PER_ID;
  return id;
}
