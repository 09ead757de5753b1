/** Random names for things, on pages of any origin: `crypto.randomUUID` needs a secure one. */

/** @param bytes how many; two digits each */
export function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
