/** The client with WebSocket alone: nothing else gets into a bundle, unless classes are given in `transports`. */
import { BareEngineClient, type EngineClientOptions, NodeWebSocket, platform } from "@telsiz/engine/client";
import type { AnyEvents, EventMap } from "@telsiz/events";
import { asOwnParser } from "@telsiz/parser";
import { createIo, type Io } from "./lookup.ts";
import { BareManager } from "./manager.ts";
import type { ManagerOptions } from "./options.ts";

class WebSocketEngineClient extends BareEngineClient {
  constructor(uri: string | undefined, options: EngineClientOptions) {
    // In browsers, this is their own WebSocket.
    super(uri, options, { platform, transports: [NodeWebSocket] });
  }
}

/**
 * A connection that several sockets may share, on WebSocket.
 * @typeParam Listen the events that the server sends, where a socket does not say otherwise
 * @typeParam Emit the events that the client sends, likewise
 */
export class Manager<
  Listen extends EventMap<Listen> = AnyEvents,
  Emit extends EventMap<Emit> = Listen,
> extends BareManager<Listen, Emit> {
  /** @param uri the address of the server @throws OptionError */
  constructor(uri?: string | ManagerOptions, options?: ManagerOptions) {
    super(uri, options, { Engine: WebSocketEngineClient, parserOf: asOwnParser });
  }
}

/** {@inheritDoc Io} */
export const io: Io = createIo(Manager);
