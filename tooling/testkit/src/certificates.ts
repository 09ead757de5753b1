/** Keys and certificates for tests of TLS; `certificates/make.sh` made them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const read = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../certificates/${name}`, import.meta.url)));

/** The authority that has issued all others, and that nobody trusts by himself. */
export const authority: Buffer = read("authority.crt");

/** Of a server at `localhost`, which is its only name. */
export const serverIdentity = { key: read("server.key"), cert: read("server.crt") } as const;

/** Of a client called Ada, in the forms in which such things are kept. */
export const clientIdentity = {
  key: read("client.key"),
  cert: read("client.crt"),
  encryptedKey: read("client-encrypted.key"),
  /** Key and certificate together. */
  pfx: read("client.pfx"),
  /** Of the encrypted key and of `pfx`. */
  passphrase: "telsiz",
} as const;
