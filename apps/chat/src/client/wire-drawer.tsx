/** Under the hood: what crosses the wire of this window, and what one may do to it. */
import type { JSX } from "preact";
import { useEffect, useReducer } from "preact/hooks";
import { ChaosBar } from "./chaos-bar.tsx";
import type { ChatClient } from "./chat-client.ts";
import { sizeInWords } from "./file-view.tsx";
import { PacketList } from "./packet-list.tsx";
import { StockCorner } from "./stock-corner.tsx";

interface WireDrawerProps {
  client: ChatClient;
  onClose: () => void;
}

export function WireDrawer({ client, onClose }: WireDrawerProps): JSX.Element {
  const { wire } = client;
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    // Packets may come by the hundred: once for each picture on the screen is often enough.
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      redraw(0);
    };
    const stop = wire.changes.watch(() => (frame ||= requestAnimationFrame(draw)));
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [wire]);
  return (
    <aside class="wire" id="wire" aria-label="Wire">
      <header class="wire-head">
        <h2>Wire</h2>
        <button class="quiet" onClick={() => void client.mischief.probe()}>
          Ping
        </button>
        <button class="quiet" onClick={() => wire.clear()}>
          Clear
        </button>
        <button class="quiet wire-close" aria-label="Close the wire" onClick={onClose}>
          ×
        </button>
      </header>
      <dl class="gauges">
        <div>
          <dt>Transport</dt>
          <dd class="transport" key={wire.transport} data-transport={wire.transport}>
            {wire.transport}
          </dd>
        </div>
        <div>
          <dt>Round trip</dt>
          <dd data-gauge="round-trip">
            {wire.roundTripMs === undefined ? "–" : `${wire.roundTripMs.toFixed(1)} ms`}
          </dd>
        </div>
        <div>
          <dt>Buffered</dt>
          <dd data-gauge="buffered">{sizeInWords(wire.bufferedBytes)}</dd>
        </div>
        <div>
          <dt>Waiting</dt>
          <dd data-gauge="waiting">{client.waiting}</dd>
        </div>
      </dl>
      <ChaosBar client={client} />
      <PacketList entries={wire.entries} />
      <StockCorner client={client} />
    </aside>
  );
}
