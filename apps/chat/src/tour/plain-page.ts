/** The page without a bundler, in a frame of the tour: it is used as a person would, through its form. */

const PATIENCE = 5000;

export class PlainPage {
  readonly #document: Document;

  private constructor(document: Document) {
    this.#document = document;
  }

  /** Opens the page in the frame that the tour keeps for it, and waits until it has joined. */
  static async open(name: string, room: string): Promise<PlainPage> {
    const frame = document.querySelector<HTMLIFrameElement>("#plain-page")!;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    frame.src = `/plain.html?${new URLSearchParams({ name, room }).toString()}`;
    await loaded;
    const page = new PlainPage(frame.contentDocument!);
    await page.#until(() => page.#document.body.dataset["joined"] === "true" || undefined);
    return page;
  }

  say(text: string): void {
    const form = this.#document.querySelector("form")!;
    form.querySelector("input")!.value = text;
    form.requestSubmit();
  }

  /** The text of this author that the page shows, once it does. */
  textFrom(author: string): Promise<string> {
    const opening = `${author}: `;
    return this.#until(() => {
      const lines = Array.from(this.#document.querySelectorAll("li"), (line) => line.textContent);
      return lines.find((line) => line.startsWith(opening))?.slice(opening.length);
    });
  }

  /** Looks again whenever the page changes. */
  #until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        const seen = look();
        if (seen === undefined) return;
        stop();
        resolve(seen);
      };
      const observer = new MutationObserver(settle);
      observer.observe(this.#document.body, { attributes: true, childList: true, subtree: true });
      const timer = setTimeout(() => {
        stop();
        reject(new Error("the plain page did not answer in time"));
      }, PATIENCE);
      const stop = (): void => {
        observer.disconnect();
        clearTimeout(timer);
      };
      settle();
    });
  }
}
