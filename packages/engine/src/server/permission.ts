/** Asks the application's `allowRequest` about a handshake. */
import type { IncomingMessage } from "node:http";
import { callGuarded } from "@telsiz/events";
import type { AllowRequest } from "./options.ts";
import { rejection, type Rejection } from "./rejection.ts";

/**
 * Calls `done` once: with nothing, or with why the handshake is refused. An `allowRequest` that fails refuses.
 * @param report told of its failure, also of one that comes after its answer
 */
export function askPermission(
  allowRequest: AllowRequest,
  request: IncomingMessage,
  done: (refusal?: Rejection) => void,
  report: (error: unknown) => void,
): void {
  let answered = false;
  const answer = (message: unknown, accept: boolean): void => {
    if (answered) return;
    answered = true;
    if (accept) done();
    else done(rejection("FORBIDDEN", { message }));
  };
  const fail = (error: unknown): void => {
    report(error);
    if (answered) return;
    answered = true;
    // What it says is for the application, not for the peer.
    done(rejection("FORBIDDEN", { name: "ALLOW_REQUEST_FAILURE", error }));
  };
  callGuarded(undefined, allowRequest, [request, answer], fail);
}
