/** Who came once is known when coming again. */

/** What is known of a user. */
export interface Session {
  userID: string;
  username: string;
  connected: boolean;
}

/** Sessions by their token. */
export class SessionStore {
  readonly #sessions = new Map<string, Session>();

  find(sessionID: string): Session | undefined {
    return this.#sessions.get(sessionID);
  }

  save(sessionID: string, session: Session): void {
    this.#sessions.set(sessionID, session);
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }
}
