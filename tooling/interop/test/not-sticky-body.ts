/** Three servers of one cluster behind a balancer that sends each request to the next of them, and clients that come and go. */
import { createHash } from "node:crypto";
import { memoryCluster, MemoryHub } from "@telsiz/cluster";
import { Server } from "@telsiz/server";
import { type HttpPort, openHttpPort, RoundRobinProxy, seededRandom } from "@telsiz/testkit";
import type { Socket } from "socket.io-client";
import { ourClient, stockClient, TRANSPORT_CHOICES } from "../src/peers.ts";

const SERVERS = 3;

/** How many clients are there at a time. */
const AT_A_TIME = 12;

/** Longest time for anything, in milliseconds: only what hangs takes so long. */
const PATIENCE_MS = 20_000;

/** Bytes of what is sent: within a packet, a slice of a body, and more than may be on the way at a time. */
const SIZES = [10, 5_000, 300_000];

const CHOICES = Object.values(TRANSPORT_CHOICES);
const CLIENTS = [ourClient, stockClient];

/** The servers and what they have in front. */
export class NotSticky {
  readonly #servers: readonly Server[];
  readonly #ports: readonly HttpPort[];
  readonly #proxy: RoundRobinProxy;
  readonly #url: string;
  /** How many sockets each server had. */
  readonly counts: number[] = [];
  /** What went wrong. */
  readonly errors: string[] = [];

  private constructor(ports: readonly HttpPort[], proxy: RoundRobinProxy, url: string) {
    const hub = new MemoryHub();
    this.#ports = ports;
    this.#proxy = proxy;
    this.#url = url;
    this.#servers = ports.map(({ server }, index) => {
      const io = new Server(server, { cluster: memoryCluster(hub) });
      this.counts.push(0);
      io.on("connection", (socket) => {
        this.counts[index]!++;
        socket.on("hash", (data: Buffer, answer: (hash: string, data: Buffer) => void) =>
          answer(hashOf(data), data),
        );
      });
      return io;
    });
  }

  static async open(): Promise<NotSticky> {
    const ports = await Promise.all(Array.from({ length: SERVERS }, () => openHttpPort()));
    const proxy = new RoundRobinProxy(ports.map(({ port }) => port));
    return new NotSticky(ports, proxy, await proxy.open());
  }

  /** Lives so many sessions: of both clients, and of every transport. */
  async run(sessions: number): Promise<void> {
    let begun = 0;
    const liveOn = async (): Promise<void> => {
      while (begun < sessions) {
        const seed = begun++;
        await this.#live(seed).catch((error: unknown) =>
          this.errors.push(`session ${seed}: ${String(error)}`),
        );
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, liveOn));
  }

  async close(): Promise<void> {
    await this.#proxy.close();
    await Promise.all(this.#servers.map((io) => io.close()));
    await Promise.all(this.#ports.map((port) => port.close()));
  }

  async #live(seed: number): Promise<void> {
    const random = seededRandom(seed);
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
    const kind = pick(CLIENTS);
    const transports = [...pick(CHOICES)];
    const socket = kind.connect(this.#url, { transports, forceNew: true, reconnection: false });
    try {
      await opened(socket);
      const lost = new Promise<never>((_, reject) => {
        socket.once("disconnect", (reason) =>
          reject(new Error(`${kind.name}, ${transports.join()}: ${reason}`)),
        );
      });
      lost.catch(() => undefined); // it is awaited below, and comes when the client leaves, too
      for (let round = 0; round < 3; round++) {
        const data = Buffer.alloc(pick(SIZES), `${seed}.${round}`);
        const answer = socket.timeout(PATIENCE_MS).emitWithAck("hash", data) as Promise<unknown>;
        if ((await Promise.race([answer, lost])) !== hashOf(data)) throw new Error("something else came");
      }
    } finally {
      socket.disconnect();
    }
  }
}

function hashOf(data: Buffer): string {
  return createHash("sha1").update(data).digest("hex");
}

function opened(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
}
