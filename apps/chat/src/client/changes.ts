/** Tells those who show something that it has changed. */

export class Changes {
  readonly #watchers = new Set<() => unknown>();

  /** Calls `watcher` after every change, until the returned function is called. */
  readonly watch = (watcher: () => unknown): (() => void) => {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  };

  readonly tell = (): void => {
    for (const watcher of this.#watchers) watcher();
  };
}
