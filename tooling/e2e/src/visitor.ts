/** A person in front of the chat: a window of their own, used through what the page shows. */
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";

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
  static async open(
    browser: Browser,
    url: string,
    name: string,
    options?: BrowserContextOptions,
  ): Promise<Visitor> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(20_000); // below that of a test, so that a failure names what was waited for
    const visitor = new Visitor(name, context, await context.newPage());
    await visitor.page.goto(url);
    return visitor;
  }

  async signIn(name: string): Promise<void> {
    await this.page.getByLabel("Your name here").fill(name);
    await this.page.getByRole("button", { name: "Enter" }).click();
  }

  async isOnline(): Promise<void> {
    await this.page.locator('[data-connection="online"]').waitFor();
  }

  /** Opens another window of the same person, as the link beside the name does. */
  async openAnother(): Promise<Visitor> {
    const opened = this.context.waitForEvent("page");
    await this.page.getByRole("button", { name: "Another window as you" }).click();
    const other = new Visitor(this.name, this.context, await opened);
    await other.isOnline();
    return other;
  }

  get field(): Locator {
    return this.page.locator(".composer textarea");
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

  /** Waits until an own message got this far; what has been seen was delivered, too. */
  async sees(
    text: string,
    status: "waiting" | "sending" | "sent" | "delivered" | "seen" | "failed",
  ): Promise<void> {
    const further = status === "delivered" ? `, .message[data-status="seen"]` : "";
    await this.page
      .locator(`.message[data-status="${status}"]${further}`)
      .filter({ hasText: text })
      .waitFor();
  }

  /** The texts of all messages shown, from the top. */
  texts(): Promise<string[]> {
    return this.page.locator(".message .text").allTextContents();
  }

  async goTo(room: string): Promise<void> {
    await this.page.locator(`[data-room="${room}"] .room`).click();
    await this.page.getByRole("heading", { level: 1, name: room }).waitFor();
  }

  person(name: string, presence: "online" | "idle" | "away"): Locator {
    return this.page.locator(`[data-person="${name}"][data-presence="${presence}"]`);
  }

  /** Opens the actions of a message and takes one of them. */
  async act(text: string, action: string): Promise<void> {
    const row = this.rows(text).first();
    await row.locator(".menu-button").click();
    await row.getByRole("button", { name: action, exact: true }).click();
  }

  /** Waits for a notice. */
  async isTold(text: string | RegExp): Promise<void> {
    await this.page.locator(".toast").filter({ hasText: text }).first().waitFor();
  }

  /** Takes a file as if it had been chosen. */
  async attach(name: string, mimeType: string, buffer: Buffer): Promise<void> {
    await this.page.locator("input[type=file]").setInputFiles({ name, mimeType, buffer });
  }
}
