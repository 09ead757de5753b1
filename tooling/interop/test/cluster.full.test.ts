/** Servers that share a bus through our cluster adapter, alone and together with those of Socket.IO. */
import { ClusterAdapterWithHeartbeat } from "@telsiz/adapter";
import { ClusterAdapterWithHeartbeat as StockClusterAdapter } from "socket.io-adapter";
import { describe } from "vitest";
import { type AdapterClass, Bus, onBus } from "../src/bus.ts";
import { ourServer, type ServerKind, stockServer } from "../src/peers.ts";
import { clusterTests, type ClusterMedium } from "./cluster-body.ts";

/** Each server has the adapter of its own packages. */
const bus: ClusterMedium = {
  open() {
    const shared = new Bus();
    const ours = onBus(ClusterAdapterWithHeartbeat, shared);
    // Its constructor is for those who extend it, as here.
    const stock = onBus(StockClusterAdapter as unknown as AdapterClass, shared);
    return (kind: ServerKind) => (kind.ours ? ours : stock);
  },
  close() {},
};

describe("servers of ours", () => clusterTests([ourServer, ourServer, ourServer], bus));
describe("a server of ours with stock ones", () => clusterTests([ourServer, stockServer, stockServer], bus));
describe("a stock server with ours", () => clusterTests([stockServer, ourServer, ourServer], bus));
