/** A server of a cluster in a process of its own. Its broker is its parent, who takes frames to the other processes. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Broker, brokerCluster, type BrokerSink } from "@telsiz/cluster";
import { Server } from "@telsiz/server";

/** What a process and its parent say to each other. */
export type NodeMessage =
  { readonly port: number } | { readonly channel: string; readonly frame: Uint8Array };

class ParentBroker implements Broker {
  readonly #channels = new Set<string>();

  open(sink: BrokerSink): Promise<void> {
    process.on("message", (message: NodeMessage) => {
      if ("channel" in message && this.#channels.has(message.channel)) sink.onFrame(message.frame);
    });
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  publish(channel: string, frame: Uint8Array): void {
    tell({ channel, frame });
  }

  subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    return Promise.resolve();
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel);
  }
}

function tell(message: NodeMessage): void {
  process.send?.(message);
}

const peer = process.argv[2] === "peer" ? { peer: {} } : {};
const timing = { heartbeat: 100, suspectAfter: 300, deadAfter: 500 };
const httpServer = createServer();
const io = new Server(httpServer, {
  cluster: brokerCluster(() => new ParentBroker(), { ...timing, ...peer }),
});

io.on("connection", (socket) => {
  socket.on("echo", (value: unknown, answer: (pid: number, value: unknown) => void) =>
    answer(process.pid, value),
  );
});

process.on("disconnect", () => process.exit());
httpServer.listen(0, "127.0.0.1", () => tell({ port: (httpServer.address() as AddressInfo).port }));
