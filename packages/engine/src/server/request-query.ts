/** The query of a request, as those see it who decide about the request. */
import type { IncomingMessage } from "node:http";

/** A request of the engine. */
export interface EngineRequest extends IncomingMessage {
  /** Its query; of a name that stands there more than once, the last value. Here for programs written for Socket.IO. */
  _query: Record<string, string>;
}

/** Reads the query and keeps it on the request. A target that is no URL simply has none. */
export function withQuery(request: IncomingMessage): EngineRequest {
  const target = request.url ?? "";
  const start = target.indexOf("?");
  const query: Record<string, string> = {};
  if (start >= 0) {
    new URLSearchParams(target.slice(start)).forEach((value, name) => {
      query[name] = value;
    });
  }
  return Object.assign(request, { _query: query });
}
