/** Short notices that come and go. */

export interface Toast {
  readonly id: number;
  readonly text: string;
}

/** How long a notice stays, in milliseconds. */
const STAY = 9000;
/** Shown at a time; older ones make place. */
const AT_A_TIME = 4;

export class Toasts {
  #list: Toast[] = [];
  #lastId = 0;
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get list(): readonly Toast[] {
    return this.#list;
  }

  /** @returns its number, to dismiss it by */
  add(text: string): number {
    const toast = { id: ++this.#lastId, text };
    this.#list = [...this.#list, toast].slice(-AT_A_TIME);
    setTimeout(() => this.dismiss(toast.id), STAY);
    this.#onChange();
    return toast.id;
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((toast) => toast.id !== id);
    this.#onChange();
  }
}
