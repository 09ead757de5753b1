/** Which names become namespaces when a client asks for them: the parents, in the order in which they were made. */
import { type Next, runMiddleware } from "@telsiz/events";
import { PacketType } from "@telsiz/parser";
import type { Connection } from "./connection.ts";
import { StatefulRegExpError } from "./errors.ts";
import type { AnyNamespace } from "./namespace.ts";
import { ParentNamespace, type ParentServer } from "./parent-namespace.ts";

/**
 * Tells whether a name that a client asks for becomes a namespace: `next(null, true)` says so. With an error, or
 * `false`, it is for the patterns after it to tell.
 */
export type NamespaceMatchFunction = (
  name: string,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- chosen by the application, as in Socket.IO
  auth: { [key: string]: any },
  next: (error?: Error | null, accept?: boolean) => void,
) => unknown;

/** The names of which children are made. */
export type NamespacePattern = RegExp | NamespaceMatchFunction;

/** A parent whatever its event maps. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the list of all has no common type for them
type AnyParent = ParentNamespace<any, any, any>;

/** Asks one pattern: goes on with the parent if it accepts the name, with nothing if the others are to be asked. */
type Question = (name: string, auth: object, next: Next<AnyParent>) => unknown;

/** What dynamic namespaces see of their server. */
export interface DynamicNamespaceServer extends ParentServer {
  /** The namespace of this name, if there is one. */
  _namespace(name: string): AnyNamespace | undefined;
  /** A child was made. */
  _adopt(namespace: AnyNamespace): void;
}

/** The parents of a server, and their children in the making. */
export class DynamicNamespaces {
  readonly #server: DynamicNamespaceServer;
  readonly #parents = new Map<NamespacePattern, AnyParent>();
  readonly #questions: Question[] = [];

  constructor(server: DynamicNamespaceServer) {
    this.#server = server;
  }

  /** The parent for a pattern, made if it is not there yet. @throws StatefulRegExpError */
  parentOf(pattern: NamespacePattern): AnyParent {
    let parent = this.#parents.get(pattern);
    if (parent !== undefined) return parent;
    if (pattern instanceof RegExp) checkStateless(pattern);
    parent = new ParentNamespace(this.#server, `/_${this.#parents.size}`);
    this.#parents.set(pattern, parent);
    this.#questions.push(questionFor(pattern, parent));
    return parent;
  }

  /** Makes the namespace that the application itself asks for, if its name matches a regular expression. */
  childOf(name: string): AnyNamespace | undefined {
    for (const [pattern, parent] of this.#parents) {
      if (pattern instanceof RegExp && pattern.test(name)) return this.#createChild(parent, name, true);
    }
    return undefined;
  }

  /** Decides about a client that asks for a namespace which is not there. */
  admit(connection: Connection, name: string, auth: object): void {
    connection._await(name);
    runMiddleware(this.#questions, [name, auth], {
      onDone: (parent) => {
        if (parent === undefined) refuse(connection, name, "Invalid namespace");
        else if (connection._open) this.#childFor(parent, name)._admit(connection, auth);
      },
      onThrow: (error) => {
        // It fails closed: the patterns after it were not meant to decide in its place.
        refuse(connection, name, "Internal error");
        this.#server._onHandlerError(error, undefined, "connection");
      },
      onLateThrow: (error) => this.#server._onHandlerError(error, undefined, "connection"),
    });
  }

  /** The child for a client; another client may have been first. */
  #childFor(parent: AnyParent, name: string): AnyNamespace {
    return this.#server._namespace(name) ?? this.#createChild(parent, name, false);
  }

  #createChild(parent: AnyParent, name: string, lasting: boolean): AnyNamespace {
    const child = parent._createChild(name, lasting);
    this.#server._adopt(child);
    return child;
  }
}

function questionFor(pattern: NamespacePattern, parent: AnyParent): Question {
  if (pattern instanceof RegExp) {
    return (name, _auth, next) => next(pattern.test(name) ? parent : undefined);
  }
  return (name, auth, next) =>
    pattern(name, auth, (error, accept) => next(!error && accept ? parent : undefined));
}

function refuse(connection: Connection, name: string, message: string): void {
  connection._admitted(name);
  connection._send({ type: PacketType.CONNECT_ERROR, nsp: name, data: { message } }, {});
}

/** What such an expression says depends on where it matched last. @throws StatefulRegExpError */
function checkStateless({ global, sticky }: RegExp): void {
  if (global || sticky) throw new StatefulRegExpError();
}
