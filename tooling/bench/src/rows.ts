/** The rows of the table: what work, in which regime, against whom. */
import { BroadcastLoad } from "./broadcast-load.ts";
import type { ClientSettings } from "./client.ts";
import { clientFrame } from "./client-frame.ts";
import { ConnectLoad } from "./connect-load.ts";
import { type Exchange, ExchangeLoad } from "./exchange-load.ts";
import type { Load } from "./load.ts";
import { type Peer, rawWs, socketIo, telsiz } from "./peer.ts";

/** One line of the table for each of its servers. */
export interface Row {
  /** The name by which it is chosen. */
  readonly name: string;
  /** What is done, with its regime. */
  readonly title: string;
  /** What is counted. */
  readonly unit: string;
  readonly peers: readonly Peer[];
  createLoad(settings: ClientSettings): Load;
}

const CONNECTIONS = 100;
const PIPELINE = 8;
const BURST = 16;
const CONNECTING_AT_ONCE = 16;

const TEXT = "x".repeat(50);
const BYTES = Buffer.alloc(1024, "b");

const echoText = {
  question: clientFrame("text", `42["echo","${TEXT}"]`),
  answerFrames: 1,
  proof: `["echo","${TEXT}"]`,
};

const askAck = {
  question: clientFrame("text", `421000["ask","${TEXT}"]`),
  answerFrames: 1,
  proof: `431000["${TEXT}"]`,
};

const echoBytes = {
  question: Buffer.concat([
    clientFrame("text", '451-["echo",{"_placeholder":true,"num":0}]'),
    clientFrame("binary", BYTES),
  ]),
  answerFrames: 2,
  proof: '451-["echo",{"_placeholder":true,"num":0}]',
};

/** The rows. @param receivers how many connections receive a broadcast */
export function createRows(receivers: number): readonly Row[] {
  const everyone = [telsiz, socketIo, rawWs];
  const protocolOnly = [telsiz, socketIo];
  return [
    exchangeRow("echo", "echo 50 B, pipelined", everyone, echoText, PIPELINE),
    exchangeRow("echo-unpipelined", "echo 50 B, unpipelined", everyone, echoText, 1),
    exchangeRow("ack", "acknowledgement 50 B, pipelined", protocolOnly, askAck, PIPELINE),
    exchangeRow("binary", "echo 1 KiB binary, pipelined", everyone, echoBytes, PIPELINE),
    broadcastRow("broadcast", "broadcast 50 B, one outstanding", everyone, receivers, 1),
    broadcastRow("bursts", "broadcast 50 B, bursts", everyone, receivers, BURST),
    {
      name: "connect",
      title: `connect, join, close; WebSocket only, ${CONNECTING_AT_ONCE} at a time`,
      unit: "connection",
      peers: everyone,
      createLoad: (settings) => new ConnectLoad(CONNECTING_AT_ONCE, settings),
    },
  ];
}

function exchangeRow(
  name: string,
  title: string,
  peers: readonly Peer[],
  exchange: Omit<Exchange, "outstanding" | "connections">,
  outstanding: number,
): Row {
  return {
    name,
    title: `${title} (${outstanding} outstanding, ${CONNECTIONS} connections)`,
    unit: "message",
    peers,
    createLoad: (settings) =>
      new ExchangeLoad({ ...exchange, outstanding, connections: CONNECTIONS }, settings),
  };
}

function broadcastRow(
  name: string,
  title: string,
  peers: readonly Peer[],
  connections: number,
  outstanding: number,
): Row {
  const broadcast = {
    request: clientFrame("text", `42["broadcast","${TEXT}"]`),
    proof: `"${TEXT}"]`,
    outstanding,
    connections,
  };
  return {
    name,
    title: `${title} (${outstanding} outstanding, ${connections} connections)`,
    unit: "delivery",
    peers,
    createLoad: (settings) => new BroadcastLoad(broadcast, settings),
  };
}
