/** What becomes of an error that a function of the application throws while the server calls it. */

/** Where it happened. */
export interface HandlerErrorContext<S> {
  /** The socket whose event, packet or connection was being handled. */
  readonly socket: S | undefined;
  /** The event's name. */
  readonly event: string;
}
