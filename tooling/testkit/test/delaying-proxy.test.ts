import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bounded, DelayingProxy, seededRandom } from "../src/index.ts";

let server: Server;
let proxy: DelayingProxy;

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await DelayingProxy.open((server.address() as AddressInfo).port, { seed: 1, maxMs: 3 });
});

afterEach(async () => {
  await proxy.close();
  server.close();
});

/** What an echo server sends back through the proxy, until its end. */
function echoed(chunks: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  const answer = new Promise<string>((resolve) => {
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    socket.on("end", () => resolve(text));
  });
  const writeNext = (index: number): void => {
    if (index === chunks.length) socket.end();
    else socket.write(chunks[index]!, () => setImmediate(() => writeNext(index + 1)));
  };
  writeNext(0);
  return bounded(answer, "the echo");
}

describe("a delaying proxy", () => {
  it("hands on every byte, in order, and the end behind them", async () => {
    const chunks = Array.from({ length: 50 }, (_, n) => `${n},`);
    expect(await echoed(chunks)).toBe(chunks.join(""));
  });

  it("cuts both sides of every connection, and takes new ones", async () => {
    const served = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
    const ends = [once(socket, "close"), served.then((each) => once(each.resume(), "end"))];
    await served;
    proxy.cut();
    await bounded(Promise.all(ends), "both ends");
    expect(await echoed(["after"])).toBe("after");
  });

  it("hands on nothing once it is frozen", async () => {
    proxy.freeze();
    const port = Number(new URL(proxy.url).port);
    const socket = connect(port, "127.0.0.1", () => socket.write("lost"));
    const outcome = await Promise.race([
      new Promise((resolve) => socket.once("data", () => resolve("data"))),
      // Another way through the same server, which takes longer than an echo.
      echoedDirectly().then(() => "silence"),
    ]);
    expect(outcome).toBe("silence");
    socket.destroy();
  });

  async function echoedDirectly(): Promise<void> {
    for (let n = 0; n < 20; n++) {
      await new Promise<void>((resolve) => {
        const socket = connect((server.address() as AddressInfo).port, "127.0.0.1", () => socket.write("x"));
        socket.once("data", () => {
          socket.destroy();
          resolve();
        });
      });
    }
  }
});

describe("seeded random numbers", () => {
  const series = (seed: number): number[] => Array.from({ length: 100 }, seededRandom(seed));

  it("are the same for the same seed, and others for another", () => {
    expect(series(1)).toEqual(series(1));
    expect(series(1)).not.toEqual(series(2));
  });

  it("are spread between zero and one", () => {
    const numbers = series(3);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBe(100);
  });
});
