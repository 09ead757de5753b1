/** The engine client for Node.js, and what is logged of all clients there. */
import { nodeLogs } from "../shared/node-logs.ts";
import { logEngineClient } from "./client-log.ts";
import { EngineClient, type Environment } from "./engine-client.ts";
import type { EngineClientOptions } from "./options.ts";
import { nodePlatform } from "./platform/node.ts";
import { NodeWebSocket } from "./transports/node-websocket.ts";
import { NodeXHR } from "./transports/node-xhr.ts";
import { WebTransport } from "./transports/webtransport.ts";

/** What the names of transports mean on Node.js. */
export const transports: {
  readonly polling: typeof NodeXHR;
  readonly websocket: typeof NodeWebSocket;
  readonly webtransport: typeof WebTransport;
} = { polling: NodeXHR, websocket: NodeWebSocket, webtransport: WebTransport };

const environment: Environment = {
  platform: nodePlatform,
  transports: [NodeWebSocket, NodeXHR, WebTransport],
};

EngineClient.observe = (client) => logEngineClient(client, nodeLogs(process));

/** An Engine.IO client on Node.js, with every transport. */
export class NodeEngineClient extends EngineClient {
  /**
   * @param uri the server's address; without it, the options or the page say where it is
   * @throws OptionError naming the option that is not acceptable
   */
  constructor(uri?: string | EngineClientOptions, options?: EngineClientOptions) {
    super(uri, options, environment);
  }
}

/** As {@link NodeEngineClient}, and opens at once, as that of `engine.io-client` does. */
export class Socket extends NodeEngineClient {
  /** @see NodeEngineClient */
  constructor(uri?: string | EngineClientOptions, options?: EngineClientOptions) {
    super(uri, options);
    this.open();
  }
}
