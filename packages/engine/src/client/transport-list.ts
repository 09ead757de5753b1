/** Which transports a client may use, and in which order (option `transports`). */
import { OptionError } from "@telsiz/events";
import type { EngineClientOptions } from "./options.ts";
import type { TransportFactory } from "./transports/transport.ts";

/** Names of the protocol that a client accepts and leaves out where it has no such transport. */
const OPTIONAL: readonly unknown[] = ["webtransport"];

/** The transports that are left to try. */
export class TransportList {
  #factories: readonly TransportFactory[];

  /** @throws OptionError for a name that is not known */
  constructor(chosen: EngineClientOptions["transports"], available: readonly TransportFactory[]) {
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

function choose(chosen: unknown, available: readonly TransportFactory[]): readonly TransportFactory[] {
  if (chosen === undefined) return available;
  if (!Array.isArray(chosen)) throw notAccepted(chosen, available);
  return chosen.flatMap((one: unknown) => {
    if (isFactory(one)) return one;
    const found = available.find(({ name }) => name === one);
    if (found === undefined && !OPTIONAL.includes(one)) throw notAccepted(one, available);
    return found ?? [];
  });
}

function isFactory(one: unknown): one is TransportFactory {
  return typeof one === "object" && one !== null && "create" in one;
}

function notAccepted(given: unknown, available: readonly TransportFactory[]): OptionError {
  const names = available.map(({ name }) => `"${name}"`).join(", ");
  return new OptionError("transports", `a list of ${names} or transport factories`, given);
}
