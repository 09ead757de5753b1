/** The sockets of one connection by their namespaces. Nearly all connections have one. */

/** What is needed of a socket. */
interface InNamespace {
  readonly _nspName: string;
}

/** The first socket is kept without a map. */
export class JoinedSockets<S extends InNamespace> {
  #first: S | undefined = undefined;
  #others: Map<string, S> | undefined = undefined;

  /** How many there are. */
  get size(): number {
    return (this.#first === undefined ? 0 : 1) + (this.#others?.size ?? 0);
  }

  /** A list of them, of its own. */
  get list(): S[] {
    const others = this.#others === undefined ? [] : [...this.#others.values()];
    return this.#first === undefined ? others : [this.#first, ...others];
  }

  /** The socket in a namespace. */
  get(name: string): S | undefined {
    return this.#first?._nspName === name ? this.#first : this.#others?.get(name);
  }

  /** There must be none in its namespace yet. */
  add(socket: S): void {
    if (this.#first === undefined) this.#first = socket;
    else (this.#others ??= new Map<string, S>()).set(socket._nspName, socket);
  }

  /** Does nothing for a socket that is not here. */
  remove(socket: S): void {
    if (this.#first === socket) this.#first = undefined;
    else if (this.get(socket._nspName) === socket) this.#others?.delete(socket._nspName);
  }

  clear(): void {
    this.#first = undefined;
    this.#others = undefined;
  }
}
