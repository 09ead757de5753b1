/** Who has which name: two people never share one, and a page gets its own back after a reload. */

interface Holder {
  secret: string;
  evict: () => void;
}

export class NameBook {
  readonly #holders = new Map<string, Holder>();

  /**
   * Takes a name, from an earlier connection of the same page if need be.
   *
   * @param secret proves that two connections are of the same page
   * @param evict called when a later connection of that page takes the name
   * @returns what gives the name back, or `undefined` if somebody else has it
   */
  claim(name: string, secret: string, evict: () => void): (() => void) | undefined {
    const folded = name.toLowerCase();
    const holder = this.#holders.get(folded);
    if (holder && holder.secret !== secret) return undefined;
    const claim = { secret, evict };
    this.#holders.set(folded, claim);
    holder?.evict();
    return () => {
      if (this.#holders.get(folded) === claim) this.#holders.delete(folded);
    };
  }
}
