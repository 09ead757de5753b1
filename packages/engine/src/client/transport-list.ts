/** Which transports a client may use, and in which order (option `transports`). */
import { OptionError } from "@telsiz/events";
import type { TransportName } from "../shared/transport.ts";
import type { TransportFactory } from "./transports/transport.ts";

/** Names of the protocol that a client accepts and leaves out where it has no such transport. */
const OPTIONAL: readonly unknown[] = ["webtransport"];

/** What a user may choose. */
type Choice = readonly (TransportName | TransportFactory)[] | undefined;

/** The transports that are left to try. */
export class TransportList {
  #factories: readonly TransportFactory[];

  /** @throws OptionError for a name that is not known */
  constructor(chosen: Choice, available: readonly TransportFactory[]) {
    this.#factories = choose(chosen, available);
  }

  get size(): number {
    return this.#factories.length;
  }

  /** The one to open with. @param remembered prefers WebSocket */
  first(remembered: boolean): TransportFactory | undefined {
    return (remembered ? this.#named("websocket") : undefined) ?? this.#factories[0];
  }

  /** Those that the server offers to a session on `name`. */
  better(name: string, offered: readonly string[]): TransportFactory | undefined {
    return this.#factories.find((factory) => factory.name !== name && offered.includes(factory.name));
  }

  /** Does not try `name` again. */
  drop(name: string): void {
    this.#factories = this.#factories.filter((factory) => factory.name !== name);
  }

  #named(name: string): TransportFactory | undefined {
    return this.#factories.find((factory) => factory.name === name);
  }
}

/** Requires a list of factories and of `names`, if there is one. @throws OptionError */
export function checkTransports(chosen: unknown, names: readonly string[]): void {
  if (chosen === undefined) return;
  const accepted = `a list of ${names.map((name) => `"${name}"`).join(", ")} or transport factories`;
  if (!Array.isArray(chosen)) throw new OptionError("transports", accepted, chosen);
  const isKnown = (one: unknown): boolean => [...names, ...OPTIONAL].includes(one) || isFactory(one);
  for (const one of chosen) if (!isKnown(one)) throw new OptionError("transports", accepted, one);
}

function choose(chosen: Choice, available: readonly TransportFactory[]): readonly TransportFactory[] {
  const names = available.map(({ name }) => name);
  checkTransports(chosen, names);
  if (chosen === undefined) return available;
  return chosen.flatMap((one) => (isFactory(one) ? one : (available[names.indexOf(one)] ?? [])));
}

function isFactory(one: unknown): one is TransportFactory {
  return typeof one === "object" && one !== null && "create" in one;
}
