/** What two servers that share a Redis lose when it ends: numbered broadcasts of the one, to a client of the other. */
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { redis } from "@telsiz/cluster/redis";
import { Server as OurServer } from "@telsiz/server";
import { nextEvent, openHttpPort, RedisServer } from "@telsiz/testkit";
import { createClient } from "redis";
import { Server as StockServer } from "socket.io";
import { io as connect } from "socket.io-client";

/** A server, and what it has open beside its clients. */
interface Node {
  readonly io: StockServer;
  close(): void;
}

/** Who brings what one server sends to the other. */
export interface Medium {
  readonly name: string;
  /** A server that is attached to nothing yet. */
  open(url: string): Promise<Node>;
}

async function clientOf(url: string): Promise<ReturnType<typeof createClient>> {
  const client = createClient({ url });
  client.on("error", () => undefined); // that Redis is away is what is tried
  await client.connect();
  return client as ReturnType<typeof createClient>;
}

/** @param clients how many connections the adapter needs */
function adapted(name: string, clients: number, adapterOf: (...clients: never[]) => unknown): Medium {
  return {
    name,
    async open(url) {
      const opened = await Promise.all(Array.from({ length: clients }, () => clientOf(url)));
      const io = new StockServer({ adapter: adapterOf(...(opened as never[])) as never });
      return { io, close: () => opened.forEach((client) => client.destroy()) };
    },
  };
}

/** Ours, and the adapters of Socket.IO's authors for Redis. */
export const MEDIA: readonly Medium[] = [
  {
    name: "Telsiz, `redis({ url })`",
    open(url) {
      const io = new OurServer({ cluster: redis({ url }) });
      io.on("handler_error", () => undefined); // as above
      // What is used of it is the same.
      return Promise.resolve({ io: io as unknown as StockServer, close() {} });
    },
  },
  adapted("socket.io, redis-adapter", 2, (publisher, subscriber) => createAdapter(publisher, subscriber)),
  adapted("socket.io, redis-adapter, sharded", 2, (publisher, subscriber) =>
    createShardedAdapter(publisher, subscriber),
  ),
  adapted("socket.io, redis-streams-adapter", 1, (client) => createStreamsAdapter(client)),
];

/** What happens to Redis amid the broadcasts. */
export type Fault = "SIGTERM" | "SIGKILL" | "SIGSTOP";

/** What came of it. */
export interface FaultResult {
  readonly sent: number;
  readonly lost: number;
  readonly doubled: number;
  readonly disordered: number;
}

const MESSAGES = 3_000;
/** How long Redis is away. */
const AWAY_MS = 1_000;
/** How long what is missing may take, once Redis is back and everything is sent. */
const PATIENCE_MS = 8_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One run. */
export async function runFault(medium: Medium, fault: Fault): Promise<FaultResult> {
  const database = await RedisServer.start();
  const [sender, receiver] = [await medium.open(database.url), await medium.open(database.url)];
  const port = await openHttpPort();
  receiver.io.attach(port.server);
  const client = connect(port.url, { transports: ["websocket"], forceNew: true });
  const got: number[] = [];
  client.on("number", (number: number) => got.push(number));
  receiver.io.on("connection", (socket) => void socket.join("flow"));
  await nextEvent(client, "connect");
  await sleep(1_500); // they know of each other
  const sending = send(sender.io);
  await sleep(MESSAGES / 4);
  if (fault === "SIGSTOP") database.signal("SIGSTOP");
  else await database.stop(fault);
  await sleep(AWAY_MS);
  if (fault === "SIGSTOP") database.signal("SIGCONT");
  else await database.start();
  await sending;
  for (let waited = 0; waited < PATIENCE_MS && new Set(got).size < MESSAGES; waited += 100) await sleep(100);
  client.disconnect();
  await Promise.all([sender.io.close(), receiver.io.close()]);
  for (const node of [sender, receiver]) node.close();
  await port.close();
  await database.stop("SIGKILL");
  return judge(got);
}

/** One a millisecond, on the average. */
async function send(io: StockServer): Promise<void> {
  const begin = performance.now();
  for (let sent = 0; sent < MESSAGES;) {
    for (const due = performance.now() - begin; sent < MESSAGES && sent < due; sent++) {
      io.to("flow").emit("number", sent);
    }
    await sleep(1);
  }
}

function judge(got: readonly number[]): FaultResult {
  const different = new Set(got);
  let highest = -1;
  let disordered = 0;
  for (const number of different) {
    if (number < highest) disordered++;
    highest = Math.max(highest, number);
  }
  return {
    sent: MESSAGES,
    lost: MESSAGES - different.size,
    doubled: got.length - different.size,
    disordered,
  };
}
