import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { OptionError } from "@telsiz/server";
import { exchangeRaw, until } from "@telsiz/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { ClusterFrameError } from "../src/errors.ts";
import { memoryCluster, MemoryHub, type PeerOptions } from "../src/index.ts";
import { decodeCard, encodeCard } from "../src/peer-card.ts";
import { PeerDoor } from "../src/peer-door.ts";
import { resolvePeer } from "../src/peer-options.ts";
import { Peers } from "../src/peers.ts";

const closers: (() => unknown)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A door that is open, and who came in. */
async function openDoor(
  options: PeerOptions = {},
): Promise<{ door: PeerDoor; guests: Socket[]; errors: unknown[] }> {
  const guests: Socket[] = [];
  const errors: unknown[] = [];
  const door = new PeerDoor(resolvePeer(options), {
    onGuest: (socket) => guests.push(socket),
    onError: (error) => errors.push(error),
  });
  closers.push(() => door.close());
  door.open();
  await until(() => door.card.length > 0 || errors.length > 0, "it is open, or cannot be");
  return { door, guests, errors };
}

function openPeers(): Peers {
  const peers = new Peers();
  closers.push(() => peers.close());
  return peers;
}

describe("a port for the other servers", () => {
  it("lets in who has been told of it, and what they say first is kept for who takes them", async () => {
    const { door, guests } = await openDoor();
    const peers = openPeers();
    peers.learn("b", door.card);
    expect(peers.find("b")).toBeUndefined(); // it is tried out before it is used
    await until(() => peers.find("b") !== undefined, "it can be reached");
    const socket = await peers.find("b")!.dial();
    socket.write("hello");
    await until(() => guests.length === 2, "the guest is in");
    const [said] = (await once(guests[1]!, "data")) as [Buffer];
    expect(said.toString()).toBe("hello");
    const closed = once(guests[1]!, "close");
    peers.forget("b");
    await closed;
    expect(peers.find("b")).toBeUndefined();
  });

  it.each([
    ["a request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n".padEnd(48)],
    ["nothing of use", "x".repeat(48)],
  ])("answers nobody else, whoever sends %s", async (_what, bytes) => {
    const { door, guests } = await openDoor();
    const { port } = decodeCard(door.card);
    expect((await exchangeRaw(port, bytes)).length).toBe(48); // its number, and that it knows the secret
    expect(guests).toEqual([]);
  });

  it("lets nobody in who leaves in the middle, or has another secret", async () => {
    const { door, guests } = await openDoor();
    const card = decodeCard(door.card);
    const early = connect(card.port, "127.0.0.1");
    early.end("abc");
    early.resume();
    await once(early, "close");
    const peers = openPeers();
    peers.learn("b", encodeCard({ ...card, secret: Buffer.alloc(32) }));
    await turn();
    await until(() => peers.find("b") === undefined, "it is not used");
    expect(guests).toEqual([]);
  });

  it("is not believed to be where somebody else listens", async () => {
    const heard: Buffer[] = [];
    const impostor = createServer((socket) => {
      socket.on("data", (data: Buffer) => heard.push(data));
      socket.on("error", () => undefined);
      socket.write(Buffer.alloc(48, 7));
    }).listen(0, "127.0.0.1");
    closers.push(() => impostor.close());
    await once(impostor, "listening");
    const { port } = impostor.address() as AddressInfo;
    const peers = openPeers();
    const gone = once(impostor, "connection").then(([socket]) => once(socket as Socket, "close"));
    peers.learn("b", encodeCard({ host: "127.0.0.1", port, secret: Buffer.alloc(32, 1) }));
    await gone;
    expect(peers.find("b")).toBeUndefined();
    expect(Buffer.concat(heard)).toHaveLength(16); // a random number, and nothing else
  });

  it("reports that it cannot be opened, and is told to nobody", async () => {
    const { door } = await openDoor();
    const { port } = decodeCard(door.card);
    const second = await openDoor({ port });
    expect(second.errors).toMatchObject([{ code: "EADDRINUSE" }]);
    expect(second.door.card).toHaveLength(0);
  });

  it("has an address that others can reach", () => {
    expect(resolvePeer({})).toEqual({ host: "127.0.0.1", port: 0, address: "127.0.0.1" });
    expect(resolvePeer({ host: "0.0.0.0", address: "10.0.0.5" }).address).toBe("10.0.0.5");
    for (const peer of [{ host: "0.0.0.0" }, { host: "::" }, { port: 70_000 }, { port: 1.5 }, { host: 5 }]) {
      expect(() => memoryCluster(new MemoryHub(), { peer: peer as PeerOptions })).toThrow(OptionError);
    }
  });

  it.each(["", "null", "{}", '{"host":1,"port":2,"secret":"x"}'])("is not in the card %j", (card) => {
    expect(() => decodeCard(Buffer.from(card))).toThrow(ClusterFrameError);
  });
});
