/** Who this window is: kept for the session of its tab, so that a reload is the same person. */
import { MAX_NAME, type Credentials } from "../contract.ts";
import { randomHex } from "../random-hex.ts";

const KEY = "telsiz-chat";
const COLOURS = ["Amber", "Coral", "Hazel", "Indigo", "Jade", "Olive", "Ruby", "Sage", "Teal", "Violet"];
const ANIMALS = ["Crane", "Fox", "Heron", "Lynx", "Marten", "Otter", "Owl", "Robin", "Stork", "Swift"];

export function guestName(): string {
  return `${pick(COLOURS)} ${pick(ANIMALS)}`;
}

/** What an earlier page of this tab entered with. */
export function recall(): Credentials | undefined {
  const kept = sessionStorage.getItem(KEY);
  // Written by remember() below, and readable by this origin only.
  return kept === null ? undefined : (JSON.parse(kept) as Credentials);
}

export function remember(name: string): Credentials {
  const credentials = { name: name.trim().slice(0, MAX_NAME), secret: recall()?.secret ?? randomHex(16) };
  sessionStorage.setItem(KEY, JSON.stringify(credentials));
  return credentials;
}

function pick(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)]!;
}
