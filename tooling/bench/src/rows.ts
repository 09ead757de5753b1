/** The rows of the table: what work, in which regime, against whom. */
import { BroadcastLoad } from "./broadcast-load.ts";
import type { ClientSettings } from "./client.ts";
import { clientFrame } from "./client-frame.ts";
import { ConnectLoad } from "./connect-load.ts";
import { inflateFrame } from "./deflated-frame.ts";
import { type Exchange, ExchangeLoad } from "./exchange-load.ts";
import type { Load } from "./load.ts";
import {
  bareNet,
  bun,
  deflating,
  type Peer,
  rawWs,
  socketIo,
  telsiz,
  telsizAtOnce,
  uws,
  withContract,
} from "./peer.ts";
import { PollingLoad } from "./polling-load.ts";

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

const FEW = 100;
const MANY = 1000;
const PIPELINE = 8;
const BURST = 16;
const CONNECTING_AT_ONCE = 16;

const TEXT = "x".repeat(50);
const BYTES = Buffer.alloc(1024, "b");

/** About a kibibyte of JSON, of the kind that applications send: short keys, numbers, text, some nesting. */
const ORDERS = Array.from({ length: 11 }, (_, index) => ({
  id: 90_210 + index,
  side: index % 2 === 0 ? "buy" : "sell",
  price: 101.25 + index / 8,
  owner: { name: `user-${index}`, tags: ["fast", "new"] },
}));

const echoText = {
  question: clientFrame("text", `42["echo","${TEXT}"]`),
  answerFrames: 1,
  proof: `["echo","${TEXT}"]`,
};

const echoJson = {
  question: clientFrame("text", `42["echo",${JSON.stringify(ORDERS)}]`),
  answerFrames: 1,
  proof: `["echo",${JSON.stringify(ORDERS)}]`,
};

/** The same as an event of its own, so that a contract can say what its argument is. */
const echoOrders = {
  question: clientFrame("text", `42["orders",${JSON.stringify(ORDERS)}]`),
  answerFrames: 1,
  proof: `["orders",${JSON.stringify(ORDERS)}]`,
};

const askAck = {
  question: clientFrame("text", `421000["ask","${TEXT}"]`),
  answerFrames: 1,
  proof: `431000["${TEXT}"]`,
};

const askMembership = {
  question: clientFrame("text", '421000["membership",100]'),
  answerFrames: 1,
  proof: "431000[100]",
};

const echoBytes = {
  question: Buffer.concat([
    clientFrame("text", '451-["echo",{"_placeholder":true,"num":0}]'),
    clientFrame("binary", BYTES),
  ]),
  answerFrames: 2,
  proof: '451-["echo",{"_placeholder":true,"num":0}]',
};

/** Long enough to be compressed: both leave what is shorter than a kibibyte as it is. */
const PAGES = JSON.stringify([ORDERS, ORDERS]);

/** What is sent need not be compressed, and is not. */
const echoPages = {
  question: clientFrame("text", `42["echo",${PAGES}]`),
  answerFrames: 1,
  proof: `["echo",${PAGES}]`,
  read: inflateFrame,
};

/** The same over polling. */
const pollText = {
  packet: `42["echo","${TEXT}"]`,
  answer: `42["echo","${TEXT}"]`,
};

/** A text of `length` characters, echoed. */
function echoLong(length: number): Omit<Exchange, "outstanding" | "connections"> {
  const text = "x".repeat(length);
  return { question: clientFrame("text", `42["echo","${text}"]`), answerFrames: 1, proof: '["echo","xxx' };
}

const everyone = [telsiz, socketIo, rawWs, bareNet, uws, bun];
const nodeOnly = [telsiz, socketIo, rawWs];
const protocolOnly = [telsiz, socketIo];
const flushing = [...protocolOnly, telsizAtOnce];
const contracts = [...protocolOnly, ...withContract];

/** The rows of an everyday run. */
export const QUICK_ROWS: readonly string[] = ["echo", "echo-unpipelined", "binary", "bursts", "connect"];

/** The rows. @param affordable how many connections each of a row's servers can have, at most so many */
export function createRows(affordable: (wanted: number, servers: number) => number): readonly Row[] {
  const receivers = (wanted: number, peers: readonly Peer[]): number => affordable(wanted, peers.length);
  return [
    exchangeRow("echo", "echo 50 B, pipelined", everyone, echoText, PIPELINE, FEW),
    exchangeRow("echo-unpipelined", "echo 50 B, unpipelined", everyone, echoText, 1, FEW),
    exchangeRow("echo-1000", "echo 50 B, unpipelined", everyone, echoText, 1, receivers(MANY, everyone)),
    exchangeRow("ack", "acknowledgement 50 B, pipelined", protocolOnly, askAck, PIPELINE, FEW),
    exchangeRow("binary", "echo 1 KiB binary, pipelined", everyone, echoBytes, PIPELINE, FEW),
    exchangeRow("json", "echo 1 KiB JSON, pipelined", everyone, echoJson, PIPELINE, FEW),
    exchangeRow("flush", "echo 50 B, pipelined", flushing, echoText, PIPELINE, FEW),
    exchangeRow("flush-unpipelined", "echo 50 B, unpipelined", flushing, echoText, 1, FEW),
    exchangeRow("contract", "echo 50 B with a contract, pipelined", contracts, echoText, PIPELINE, FEW),
    exchangeRow(
      "contract-json",
      "echo 1 KiB JSON with a contract, pipelined",
      contracts,
      echoOrders,
      PIPELINE,
      FEW,
    ),
    exchangeRow("10k", "echo 10 KiB text, unpipelined", nodeOnly, echoLong(10 * 1024), 1, FEW),
    exchangeRow("100k", "echo 100 KiB text, unpipelined", nodeOnly, echoLong(100 * 1024), 1, 10),
    exchangeRow("900k", "echo 900 KiB text, unpipelined", nodeOnly, echoLong(900 * 1024), 1, 10),
    {
      ...exchangeRow("deflate", "echo 2 KiB JSON, compressed, unpipelined", deflating, echoPages, 1, FEW),
      createLoad: (settings) =>
        new ExchangeLoad({ ...echoPages, outstanding: 1, connections: FEW }, { ...settings, deflate: true }),
    },
    {
      name: "polling",
      title: `echo 50 B over polling (1 outstanding, ${FEW} connections)`,
      unit: "message",
      peers: protocolOnly,
      createLoad: (settings) => new PollingLoad({ ...pollText, connections: FEW }, settings),
    },
    ...[10, FEW].map((count) => broadcastRow(`broadcast-${count}`, protocolOnly, count, 1)),
    broadcastRow("broadcast", everyone, receivers(MANY, everyone), 1),
    broadcastRow("broadcast-5000", nodeOnly, receivers(5 * MANY, nodeOnly), 1),
    broadcastRow("broadcast-10000", protocolOnly, receivers(10 * MANY, protocolOnly), 1),
    broadcastRow("bursts", everyone, receivers(MANY, everyone), BURST),
    ...[1, FEW, 10 * MANY].map((rooms) => roomsRow(`rooms-${rooms}`, rooms, protocolOnly)),
    roomsRow("rooms", MANY, protocolOnly),
    unionRow("union", "broadcast 50 B to two rooms, except a third", protocolOnly),
    exchangeRow("membership", "100 times join and leave", protocolOnly, askMembership, 1, 10),
    {
      name: "connect",
      title: `connect, join, close; WebSocket only, ${CONNECTING_AT_ONCE} at a time`,
      unit: "connection",
      peers: everyone,
      createLoad: (settings) => new ConnectLoad(CONNECTING_AT_ONCE, settings),
    },
    {
      name: "upgrade",
      title: `connect and join by polling, go over to WebSocket, close; ${CONNECTING_AT_ONCE} at a time`,
      unit: "connection",
      peers: protocolOnly,
      createLoad: (settings) => new ConnectLoad(CONNECTING_AT_ONCE, settings, true),
    },
  ];
}

function exchangeRow(
  name: string,
  title: string,
  peers: readonly Peer[],
  exchange: Omit<Exchange, "outstanding" | "connections">,
  outstanding: number,
  connections: number,
): Row {
  return {
    name,
    title: `${title} (${outstanding} outstanding, ${connections} connections)`,
    unit: "message",
    peers,
    createLoad: (settings) => new ExchangeLoad({ ...exchange, outstanding, connections }, settings),
  };
}

function broadcastRow(name: string, peers: readonly Peer[], connections: number, outstanding: number): Row {
  return {
    name,
    title: `broadcast 50 B (${outstanding} outstanding, ${connections} connections)`,
    unit: "delivery",
    peers,
    createLoad: (settings) =>
      new BroadcastLoad(
        {
          requests: [clientFrame("text", `42["broadcast","${TEXT}"]`)],
          proof: `"${TEXT}"]`,
          receivers: connections,
          outstanding,
          connections,
        },
        settings,
      ),
  };
}

/** Who enters, and how many rooms there are: see servers/application.ts. */
const entering =
  (rooms: number) =>
  (number: number): Buffer =>
    clientFrame("text", `421000["enter",{"number":${number},"rooms":${rooms}}]`);

function roomsRow(name: string, rooms: number, peers: readonly Peer[]): Row {
  const requests = Array.from({ length: rooms }, (_, room) =>
    clientFrame("text", `42["room",${room},"${TEXT}"]`),
  );
  return {
    name,
    title: `broadcast 50 B to one of ${rooms.toLocaleString("en")} rooms of 10 members (16 outstanding, ${MANY} connections)`,
    unit: "delivery",
    peers,
    createLoad: (settings) =>
      new BroadcastLoad(
        {
          requests,
          proof: `"${TEXT}"]`,
          receivers: 10,
          outstanding: 16,
          connections: MANY,
          enter: entering(rooms),
        },
        settings,
      ),
  };
}

/** The tenth in the third room is in one of the other two as well: nine tenths receive. */
function unionRow(name: string, title: string, peers: readonly Peer[]): Row {
  return {
    name,
    title: `${title} (1 outstanding, ${MANY} connections, ${MANY * 0.9} of them receive)`,
    unit: "delivery",
    peers,
    createLoad: (settings) =>
      new BroadcastLoad(
        {
          requests: [clientFrame("text", `42["union","${TEXT}"]`)],
          proof: `"${TEXT}"]`,
          receivers: MANY * 0.9,
          outstanding: 1,
          connections: MANY,
          enter: entering(0),
        },
        settings,
      ),
  };
}
