/** A person in front of the chat: a window of their own, used through what the page shows. */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";

export class Visitor {
  readonly name: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors that the page threw; none are expected, ever. */
  readonly errors: string[] = [];

  private constructor(name: string, context: BrowserContext, page: Page) {
    this.name = name;
    this.context = context;
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(error.message));
  }

  /** Opens a window on the sign-in card. */
  static async open(browser: Browser, url: string, name: string): Promise<Visitor> {
    const context = await browser.newContext();
    context.setDefaultTimeout(8000); // below that of a test, so that a failure names what was waited for
    const visitor = new Visitor(name, context, await context.newPage());
    await visitor.page.goto(url);
    return visitor;
  }

  /** Opens a window and enters under a name. */
  static async enter(browser: Browser, url: string, name: string): Promise<Visitor> {
    const visitor = await Visitor.open(browser, url, name);
    await visitor.signIn(name);
    await visitor.isOnline();
    return visitor;
  }

  async signIn(name: string): Promise<void> {
    await this.page.getByLabel("Your name here").fill(name);
    await this.page.getByRole("button", { name: "Enter" }).click();
  }

  async isOnline(): Promise<void> {
    await this.page.locator('[data-connection="online"]').waitFor();
  }

  get field(): Locator {
    return this.page.locator("textarea");
  }

  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** The rows with this text. */
  rows(text: string): Locator {
    return this.page.locator(".message").filter({ hasText: text });
  }

  async reads(text: string): Promise<void> {
    await this.rows(text).first().waitFor();
  }

  /** Waits until an own message got this far. */
  async sees(text: string, status: "waiting" | "sent" | "delivered" | "failed"): Promise<void> {
    await this.page.locator(`.message[data-status="${status}"]`).filter({ hasText: text }).waitFor();
  }

  /** The texts of all messages shown, from the top. */
  texts(): Promise<string[]> {
    return this.page.locator(".message .text").allTextContents();
  }

  async goTo(room: string): Promise<void> {
    await this.page.locator(`[data-room="${room}"] .room`).click();
    await this.page.getByRole("heading", { level: 1, name: room }).waitFor();
  }

  person(name: string, mark: "online" | "away"): Locator {
    return this.page.locator(`[data-person="${name}"][data-online="${mark === "online"}"]`);
  }
}
