/** Who is here: a person is whoever has a secret, in one window or in several, and no two of them share a name. */
import { createHash } from "node:crypto";
import type { Credentials, Person, Presence } from "../contract.ts";
import type { Store } from "./store.ts";

/** One window of a person, as the book sees it. */
export interface Window {
  readonly id: string;
}

interface Entry {
  id: string;
  name: string;
  /** Their windows, and whether each has been left alone for a while. */
  windows: Map<string, { isIdle: boolean }>;
}

/** People that a newcomer is told about, those who are here aside. */
const REMEMBERED = 50;

export class PeopleBook {
  readonly #here = new Map<string, Entry>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Notes a new window, and returns whose it is; nobody's if somebody else has the name. */
  enter(window: Window, { name, secret }: Credentials): Person | undefined {
    const id = idOf(secret);
    const entry = this.#here.get(id) ?? { id, name, windows: new Map<string, { isIdle: boolean }>() };
    // Another window may have taken another name meanwhile: that one counts.
    if (entry.windows.size === 0 && !this.#claim(entry, name)) return undefined;
    entry.windows.set(window.id, { isIdle: false });
    this.#here.set(id, entry);
    this.#remember(entry);
    return toPerson(entry);
  }

  /** A window has gone, if it had not already. Returns whose it was. */
  exit(window: Window, id: string): Person | undefined {
    const entry = this.#here.get(id);
    if (!entry?.windows.delete(window.id)) return undefined;
    if (entry.windows.size === 0) {
      this.#here.delete(id);
      this.#remember(entry);
    }
    return this.find(id);
  }

  /** Returns the person under their new name; nobody if somebody else has it. */
  rename(id: string, name: string): Person | undefined {
    const entry = this.#here.get(id)!;
    if (!this.#claim(entry, name)) return undefined;
    this.#remember(entry);
    return toPerson(entry);
  }

  /** Returns the person if their presence has changed by that. */
  setIdle(window: Window, id: string, isIdle: boolean): Person | undefined {
    const entry = this.#here.get(id);
    const state = entry?.windows.get(window.id);
    if (!entry || !state) return undefined;
    const before = presenceOf(entry);
    state.isIdle = isIdle;
    return presenceOf(entry) === before ? undefined : toPerson(entry);
  }

  find(id: string): Person | undefined {
    const entry = this.#here.get(id);
    if (entry) return toPerson(entry);
    const stored = this.#store.person(id);
    return stored && { ...stored, presence: "away" };
  }

  /** Those who are here, and those who were here last. */
  list(): Person[] {
    const here = [...this.#here.values()].map(toPerson);
    const away = this.#store.people(REMEMBERED + here.length).filter(({ id }) => !this.#here.has(id));
    return [
      ...here,
      ...away.slice(0, REMEMBERED).map((person) => ({ ...person, presence: "away" as const })),
    ];
  }

  /** Gives a name, unless somebody else has it. */
  #claim(entry: Entry, name: string): boolean {
    const folded = name.toLowerCase();
    const isTaken = [...this.#here.values()].some(
      (other) => other.id !== entry.id && other.name.toLowerCase() === folded,
    );
    if (!isTaken) entry.name = name;
    return !isTaken;
  }

  #remember({ id, name }: Entry): void {
    this.#store.savePerson({ id, name, seenAt: Date.now() });
  }
}

/** What others may know of a secret: enough to tell people apart, too little to be one of them. */
function idOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 16);
}

function presenceOf({ windows }: Entry): Presence {
  return [...windows.values()].some(({ isIdle }) => !isIdle) ? "online" : "idle";
}

function toPerson(entry: Entry): Person {
  return { id: entry.id, name: entry.name, presence: presenceOf(entry), seenAt: Date.now() };
}
