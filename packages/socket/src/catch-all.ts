/** Listeners for every event, whatever its name. */
import { checkFunction, type Listener } from "@telsiz/events";

/** A listener for every event, whose parameters are its name and arguments. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- parameters of their own are not narrowed by the name
export type AnyListener<Name extends string> = (event: Name, ...args: any[]) => void;

/** An ordered list of listeners, copied on write so that a call under way keeps the list it began with. */
export class CatchAll {
  #listeners: readonly Listener[] = [];

  /** The current listeners; a copy. */
  get list(): Listener[] {
    return this.#listeners.slice();
  }

  /** The listeners to call now. */
  get snapshot(): readonly Listener[] {
    return this.#listeners;
  }

  append(listener: Listener): void {
    this.#listeners = [...this.#listeners, checked(listener)];
  }

  prepend(listener: Listener): void {
    this.#listeners = [checked(listener), ...this.#listeners];
  }

  /** Removes one registration of `listener`, or all listeners without it. */
  remove(listener?: Listener): void {
    if (listener === undefined) {
      this.#listeners = [];
      return;
    }
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners = this.#listeners.toSpliced(index, 1);
  }
}

function checked(listener: Listener): Listener {
  checkFunction("listener", "*", listener);
  return listener;
}
