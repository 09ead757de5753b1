/** A client that sends frames as it is told, lawful or not, over either transport. */
import { PollingPeer, splitPayload } from "@telsiz/testkit";
import { type Frame, WebSocketPeer } from "./websocket-peer.ts";

/** One of them, which has joined the main namespace, or nothing. */
export interface HostilePeer {
  /** Sends all of them at once. */
  send(frames: readonly Frame[]): void;
  /** Resolves when a packet that satisfies `wanted` has come. */
  receiveUntil(wanted: (packet: string) => boolean): Promise<void>;
  /** Goes, as a lawful client would. */
  leave(): Promise<void>;
  /** Goes without a word, over polling with one, as nothing else would be noticed for a while. */
  cut(): Promise<void>;
}

/** Opens one. @param joined whether it joins the main namespace */
export async function openHostilePeer(
  transport: "websocket" | "polling",
  port: number,
  joined: boolean,
): Promise<HostilePeer> {
  if (transport === "websocket") {
    return new HostileWebSocket(
      joined ? await WebSocketPeer.join(port) : await WebSocketPeer.openSession(port),
    );
  }
  return new HostilePolling(joined ? await PollingPeer.join(port) : await PollingPeer.open(port));
}

class HostileWebSocket implements HostilePeer {
  readonly #peer: WebSocketPeer;

  constructor(peer: WebSocketPeer) {
    this.#peer = peer;
  }

  send(frames: readonly Frame[]): void {
    this.#peer.sendTogether(frames);
  }

  async receiveUntil(wanted: (packet: string) => boolean): Promise<void> {
    let frame: Frame;
    do frame = await this.#peer.frames.take();
    while (typeof frame !== "string" || !wanted(frame));
  }

  async leave(): Promise<void> {
    this.#peer.close();
    await this.#peer.waitForClose();
  }

  async cut(): Promise<void> {
    this.#peer.terminate();
    await this.#peer.closed;
  }
}

class HostilePolling implements HostilePeer {
  readonly #peer: PollingPeer;
  /** What polls have brought. */
  readonly #packets: string[] = [];

  constructor(peer: PollingPeer) {
    this.#peer = peer;
  }

  send(frames: readonly Frame[]): void {
    const packets = frames.map((frame) =>
      typeof frame === "string" ? frame : `b${frame.toString("base64")}`,
    );
    // What ends the session may end these requests, too.
    this.#peer.post(packets.join("\x1e")).catch(() => undefined);
    this.#poll().catch(() => undefined);
  }

  async receiveUntil(wanted: (packet: string) => boolean): Promise<void> {
    while (!this.#packets.some(wanted)) await new Promise((resolve) => setImmediate(resolve));
  }

  async leave(): Promise<void> {
    await this.#peer.post("1");
  }

  async cut(): Promise<void> {
    await this.leave().catch(() => undefined); // it may have ended already, and with it its connections
  }

  /** Polls as a lawful client does: until the session ends. */
  async #poll(): Promise<void> {
    for (let open = true; open;) {
      const { status, body } = await this.#peer.poll();
      const packets = status === 200 ? splitPayload(body) : ["1"];
      this.#packets.push(...packets);
      open = !packets.includes("1");
    }
  }
}
