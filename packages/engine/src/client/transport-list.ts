/** Which transports a client may use, and in which order (option `transports`). */
import { OptionError } from "@telsiz/events";
import type { TransportName } from "../shared/transport.ts";
import type { TransportClass } from "./transports/transport.ts";

/** A name of the protocol that a client accepts, and leaves out where it has no such transport. */
const OPTIONAL = "webtransport";

/** What a user may choose. */
type Choice = readonly (TransportName | TransportClass)[] | undefined;

/** The transports that are left to try. */
export class TransportList {
  #classes: readonly TransportClass[];

  /** @throws OptionError for a name that is not known */
  constructor(chosen: Choice, available: readonly TransportClass[]) {
    this.#classes = choose(chosen, available);
  }

  get size(): number {
    return this.#classes.length;
  }

  /** The one to open with. @param remembered prefers WebSocket */
  first(remembered: boolean): TransportClass | undefined {
    return (remembered ? this.#named("websocket") : undefined) ?? this.#classes[0];
  }

  /** Those that the server offers to a session on `name`. */
  better(name: string, offered: readonly string[]): TransportClass | undefined {
    return this.#classes.find(
      ({ transportName }) => transportName !== name && offered.includes(transportName),
    );
  }

  /** Does not try `name` again. */
  drop(name: string): void {
    this.#classes = this.#classes.filter(({ transportName }) => transportName !== name);
  }

  #named(name: string): TransportClass | undefined {
    return this.#classes.find(({ transportName }) => transportName === name);
  }
}

/** Requires a list of classes and of `names`, if there is one. @throws OptionError */
export function checkTransports(option: string, chosen: unknown, names: readonly string[]): void {
  if (chosen === undefined) return;
  const kinds = ["classes of transports", ...names.map((name) => `"${name}"`)];
  const accepted = `a list of ${kinds.join(", ")}`;
  if (!Array.isArray(chosen)) throw new OptionError(option, accepted, chosen);
  for (const one of chosen) {
    if (!names.includes(one as string) && !isClass(one)) throw new OptionError(option, accepted, one);
  }
}

function choose(chosen: Choice, available: readonly TransportClass[]): readonly TransportClass[] {
  const names = available.map(({ transportName }) => transportName);
  checkTransports("transports", chosen, [...names, OPTIONAL]);
  const classes =
    chosen?.flatMap((one) => (isClass(one) ? one : (available[names.indexOf(one)] ?? []))) ?? available;
  return classes.filter(({ supported }) => supported !== false);
}

function isClass(one: unknown): one is TransportClass {
  return typeof one === "function" && "transportName" in one;
}
