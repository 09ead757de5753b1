/** Listeners that can be told apart: what is bundled has no names to go by. */

/** The names of some listeners, in their order. @param all each by its name */
export function namesOf(all: Record<string, unknown>, some: readonly unknown[]): string {
  return some.map((listener) => Object.keys(all).find((name) => all[name] === listener)).join(" ");
}
