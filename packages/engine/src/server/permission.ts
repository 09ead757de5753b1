/** Asks the application's `allowRequest` about a handshake. */
import type { IncomingMessage } from "node:http";
import type { AllowRequest } from "./options.ts";
import { rejection, type Rejection } from "./rejection.ts";

/** Calls `done` once: with nothing, or with why the handshake is refused. An `allowRequest` that fails refuses. */
export function askPermission(
  allowRequest: AllowRequest,
  request: IncomingMessage,
  done: (refusal?: Rejection) => void,
): void {
  let answered = false;
  const answer = (message: unknown, accept: boolean): void => {
    if (answered) return;
    answered = true;
    if (accept) done();
    else done(rejection("FORBIDDEN", { message }));
  };
  const fail = (error: unknown): void => {
    if (answered) return;
    answered = true;
    // What it says is for the application, not for the peer.
    done(rejection("FORBIDDEN", { name: "ALLOW_REQUEST_FAILURE", error }));
  };
  try {
    const result = allowRequest(request, answer);
    if (result instanceof Promise) result.catch(fail);
  } catch (error) {
    fail(error);
  }
}
