/**
 * CONNECT that travels with the handshake, and saves the round trip between the two (docs/wire.md). The client asks by a
 * parameter of the query; what the open packet names is as good as asked for by a CONNECT without payload.
 */
import { EngineServer, type Session } from "@telsiz/engine/server";
import { isNamespace } from "@telsiz/parser";
import { CONNECT_PARAMETER, requestOf } from "./handshake.ts";

/** The namespace that the handshake of a request asks for, if it may be named so. */
function asked(request: object | undefined, maxLength: number): string | undefined {
  const { _query: query } = (request ?? {}) as { _query?: Readonly<Record<string, string>> }; // the engine's
  const name = query?.[CONNECT_PARAMETER];
  return isNamespace(name, maxLength) ? name : undefined;
}

/** Lets the open packets of an engine name what they were asked for. */
export function greetEarly(engine: EngineServer, maxLength: number): void {
  engine.greeting = (request) => {
    const connect = asked(request, maxLength);
    return connect === undefined ? undefined : { connect };
  };
}

/** The namespace that the open packet of `session` has named. */
export function namedEarly(session: Session, maxLength: number): string | undefined {
  return session.server instanceof EngineServer && session.server.greeting !== undefined
    ? asked(requestOf(session), maxLength)
    : undefined; // of an engine that names nothing
}
