/** What a server is attached to: engines, and the http servers below them. */
import type { EngineServer, HttpServer } from "@telsiz/engine/server";
import { AttachedServer } from "./http-server.ts";

/** The attachments of one server, until it is closed. */
export class Attachments {
  readonly #engines = new Set<EngineServer>();
  readonly #httpServers = new Set<AttachedServer>();

  addEngine(engine: EngineServer): void {
    this.#engines.add(engine);
  }

  addHttpServer(server: HttpServer): void {
    this.#httpServers.add(new AttachedServer(server));
  }

  /** What gets the messages of the engines' sessions. */
  get handlers(): unknown[] {
    return [...this.#engines].flatMap((engine) =>
      Array.from(engine.clients.values(), ({ handler }) => handler),
    );
  }

  /** No engine lets anybody in any more. */
  drainEngines(): void {
    for (const engine of this.#engines) engine.drain();
  }

  closeEngines(): void {
    for (const engine of this.#engines) engine.close();
  }

  /** Resolves when all sessions have ended. */
  async whenEmpty(): Promise<void> {
    await Promise.all(Array.from(this.#engines, (engine) => engine.whenEmpty()));
  }

  /** Closes the http servers, which polling clients have needed until now. @returns the error that one reports, if any */
  async closeHttpServers(): Promise<Error | undefined> {
    const errors = await Promise.all(Array.from(this.#httpServers, (server) => server.close()));
    return errors.find((error) => error !== undefined);
  }

  /** They are closed, and others take their place. */
  clear(): void {
    this.#engines.clear();
    this.#httpServers.clear();
  }
}
