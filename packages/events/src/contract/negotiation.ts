/** How two peers tell each other at CONNECT what both can do (docs/contracts.md, "Negotiation"). */

/** The key in the payload of CONNECT, and of the answer to it. */
const KEY = "_t";

/** What a peer says of itself. */
interface Abilities {
  readonly v: number;
  readonly caps: readonly unknown[];
}

const OURS: Abilities = { v: 1, caps: ["ack"] };

/** A payload that says what this side can do, behind what it says already. One with a `_t` of its own stays. */
export function withAbilities(payload: object | undefined): object {
  return payload !== undefined && Object.hasOwn(payload, KEY) ? payload : { ...payload, [KEY]: OURS };
}

/** A payload without what the peer says of itself. */
export function withoutAbilities(payload: object): object {
  if (abilitiesIn(payload) === undefined) return payload;
  const { [KEY]: _abilities, ...rest } = payload as { [KEY]?: unknown };
  return rest;
}

/** Whether the peer has said at all what it can do. */
export function hasAbilities(payload: object): boolean {
  return abilitiesIn(payload) !== undefined;
}

/** Whether the peer knows error envelopes in acknowledgements. */
export function knowsEnvelopes(payload: object): boolean {
  const abilities = abilitiesIn(payload);
  return abilities?.v === 1 && abilities.caps.includes("ack");
}

function abilitiesIn(payload: object): Abilities | undefined {
  const { [KEY]: abilities } = payload as { readonly [KEY]?: Partial<Abilities> | null };
  if (typeof abilities !== "object" || abilities === null) return undefined;
  return typeof abilities.v === "number" && Array.isArray(abilities.caps)
    ? (abilities as Abilities)
    : undefined;
}
