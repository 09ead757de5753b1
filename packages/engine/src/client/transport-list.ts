/** Which transports a client may use, and in which order (option `transports`). */
import { OptionError } from "@telsiz/events";
import type { TransportName } from "../shared/transport.ts";
import type { NetworkOptions } from "./network-options.ts";
import type { RacePlan } from "./race.ts";
import type { TransportClass } from "./transports/transport.ts";

/**
 * What few platforms and servers have: a client accepts its name, leaves it out where it has no such transport, moves to it before
 * all others, and begins with it only if it is told to.
 */
const OPTIONAL = "webtransport";

/** What a user may choose. */
type Choice = readonly (TransportName | TransportClass)[] | undefined;

/** The options that say how a session is opened, and those that leave no choice. */
interface PlanOptions extends Pick<NetworkOptions, "extraHeaders"> {
  readonly rememberUpgrade?: boolean | undefined;
  readonly tryAllTransports?: boolean | undefined;
  readonly transportOptions?:
    { readonly polling?: Pick<NetworkOptions, "extraHeaders"> | undefined } | undefined;
}

/** How long WebSocket has before polling is tried beside it: most connections take less, and nobody waits much longer. */
const HEAD_START_MS = 500;

/** The transports of one client. */
export class TransportList {
  readonly #classes: readonly TransportClass[];
  /** Whether the application said which. */
  readonly #chosen: boolean;

  /** @throws OptionError for a name that is not known */
  constructor(chosen: Choice, available: readonly TransportClass[]) {
    this.#classes = choose(chosen, available);
    this.#chosen = chosen !== undefined;
  }

  /**
   * Which are tried to open a session.
   * @param last the transport of the session before
   * @param webSocketWorks whether the last session of the program was on WebSocket
   */
  plan(options: PlanOptions, last: TransportName | undefined, webSocketWorks: boolean): RacePlan {
    if (!this.#chosen) return { classes: first(last, this.#opening(options)), headStartMs: HEAD_START_MS };
    const remembered = options.rememberUpgrade === true && webSocketWorks;
    const classes = first(remembered ? "websocket" : undefined, this.#classes);
    return {
      classes: options.tryAllTransports === true ? classes : classes.slice(0, 1),
      headStartMs: undefined,
    };
  }

  /** Those that the server offers to a session on `name`, the best first. */
  better(name: string, offered: readonly string[]): TransportClass[] {
    return first(
      OPTIONAL,
      this.#classes.filter(({ transportName }) => transportName !== name && offered.includes(transportName)),
    );
  }

  /** Those that can say all there is to say; without any, those that there are. */
  #opening({ extraHeaders, transportOptions }: PlanOptions): readonly TransportClass[] {
    const classes = this.#classes.filter(({ transportName }) => transportName !== OPTIONAL);
    if ((extraHeaders ?? transportOptions?.polling?.extraHeaders) === undefined) return classes;
    const able = classes.filter(({ takesHeaders }) => takesHeaders !== false);
    return able.length > 0 ? able : classes;
  }
}

/** The same, `name` before all others. */
function first(name: TransportName | undefined, classes: readonly TransportClass[]): TransportClass[] {
  const isFirst = ({ transportName }: TransportClass): boolean => transportName === name;
  return [...classes.filter(isFirst), ...classes.filter((one) => !isFirst(one))];
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
  checkTransports("transports", chosen, [...new Set([...names, OPTIONAL])]);
  const classes =
    chosen?.flatMap((one) => (isClass(one) ? one : (available[names.indexOf(one)] ?? []))) ?? available;
  return classes.filter(({ supported }) => supported !== false);
}

function isClass(one: unknown): one is TransportClass {
  return typeof one === "function" && "transportName" in one;
}
