/** Recovery on another server where Redis keeps what was sent, and what becomes of it when Redis forgets that. */
import { redis } from "@telsiz/cluster/redis";
import { type ClusterGap, Server } from "@telsiz/server";
import { nextEvent, noRedis, openHttpPort, RedisServer, until } from "@telsiz/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ourClient, stockClient } from "../src/peers.ts";
import { clusterRecoveryTests } from "./cluster-recovery-body.ts";

let database: RedisServer;
let clusters = 0;

const createCluster = () => redis({ url: database.url, prefix: `cluster-${clusters++}:`, heartbeat: 50 });

describe.skipIf(noRedis)("a cluster over Redis (needs redis-server)", { timeout: 30_000 }, () => {
  beforeAll(async () => (database = await RedisServer.start()));
  afterAll(() => database.stop());

  describe("with everything kept", () => clusterRecoveryTests(createCluster));

  it.each([stockClient, ourClient])(
    "tells servers, and $name when it comes back, that Redis has forgotten everything",
    async (kind) => {
      const port = await openHttpPort();
      const io = new Server(port.server, { cluster: createCluster(), connectionStateRecovery: {} });
      const gaps: ClusterGap[] = [];
      io.on("cluster:gap", (gap) => gaps.push(gap));
      io.on("handler_error", () => undefined); // that Redis is away
      const client = kind.connect(port.url, {
        transports: ["websocket"],
        reconnectionDelay: 5,
        forceNew: true,
      });
      await nextEvent(client, "connect");
      const { id } = client;
      io.emit("hello");
      await nextEvent(client, "hello");
      await database.stop("SIGKILL");
      await database.start();
      await until(() => gaps.length > 0, "the gap is reported");
      expect(gaps[0]).toMatchObject({ namespace: "/", reason: "history", lost: undefined });
      client.io.engine.close();
      await nextEvent(client, "connect");
      expect({ recovered: client.recovered, isNew: client.id !== id }).toEqual({
        recovered: false,
        isNew: true,
      });
      io.emit("again");
      await nextEvent(client, "again");
      client.disconnect();
      await io.close();
      await port.close();
    },
  );
});
