/** The engine client for browsers. */
import { EngineClient, type Environment } from "./engine-client.ts";
import type { EngineClientOptions } from "./options.ts";
import { browserPlatform } from "./platform/browser.ts";
import { WebSocket } from "./transports/browser-websocket.ts";
import { Fetch } from "./transports/fetch.ts";
import { WebTransport } from "./transports/webtransport.ts";

/** What the names of transports mean on browsers. */
export const transports: {
  readonly polling: typeof Fetch;
  readonly websocket: typeof WebSocket;
  readonly webtransport: typeof WebTransport;
} = { polling: Fetch, websocket: WebSocket, webtransport: WebTransport };

const environment: Environment = { platform: browserPlatform, transports: [WebSocket, Fetch, WebTransport] };

/** An Engine.IO client on browsers, with every transport. */
export class BrowserEngineClient extends EngineClient {
  /**
   * @param uri the server's address; without it, the options or the page say where it is
   * @throws OptionError naming the option that is not acceptable
   */
  constructor(uri?: string | EngineClientOptions, options?: EngineClientOptions) {
    super(uri, options, environment);
  }
}

/** As {@link BrowserEngineClient}, and opens at once, as that of `engine.io-client` does. */
export class Socket extends BrowserEngineClient {
  /** @see BrowserEngineClient */
  constructor(uri?: string | EngineClientOptions, options?: EngineClientOptions) {
    super(uri, options);
    this.open();
  }
}
