/** What one may do to the connection; a notice says which promise then held. */
import type { JSX } from "preact";
import type { ChatClient } from "./chat-client.ts";

export function ChaosBar({ client }: { client: ChatClient }): JSX.Element {
  const { mischief } = client;
  const isOnline = client.connection.state === "online";
  return (
    <div class="chaos" role="group" aria-label="Chaos">
      <button aria-pressed={mischief.isOffline} onClick={() => mischief.setOffline(!mischief.isOffline)}>
        Go offline
      </button>
      <button
        aria-pressed={mischief.isSlow}
        disabled={!isOnline}
        onClick={() => void mischief.setSlow(!mischief.isSlow)}
      >
        Slow link
      </button>
      <button disabled={!isOnline} onClick={() => void mischief.drop()}>
        Drop
      </button>
      <button disabled={!isOnline} onClick={() => void mischief.flood()}>
        Flood
      </button>
      <button disabled={!isOnline} onClick={() => void mischief.restart()}>
        Restart the engine
      </button>
    </div>
  );
}
