/** The client with every transport. */
import { EngineClient } from "@telsiz/engine/client";
import type { AnyEvents, EventMap } from "@telsiz/events";
import { asParser } from "@telsiz/parser";
import { createIo, type Io } from "./lookup.ts";
import { BareManager } from "./manager.ts";
import type { ManagerOptions } from "./options.ts";

/**
 * A connection that several sockets may share, on any transport.
 * @typeParam Listen the events that the server sends, where a socket does not say otherwise
 * @typeParam Emit the events that the client sends, likewise
 */
export class Manager<
  Listen extends EventMap<Listen> = AnyEvents,
  Emit extends EventMap<Emit> = Listen,
> extends BareManager<Listen, Emit> {
  /** @param uri the address of the server @throws OptionError */
  constructor(uri?: string | ManagerOptions, options?: ManagerOptions) {
    super(uri, options, { Engine: EngineClient, parserOf: asParser });
  }
}

/** {@inheritDoc Io} */
export const io: Io = createIo(Manager);
