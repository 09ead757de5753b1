/**
 * Many short lives of clients on one server: they come on every transport, join rooms, ask and are asked, are refused
 * or never answered, break off in the middle of polls, bodies and upgrades, and leave in every way there is. What a
 * server holds for them has to go with them.
 */
import { io as connect, type Socket as ClientSocket } from "@telsiz/client";
import { Server, type ServerOptions, type Socket } from "@telsiz/server";
import {
  exchangeRaw,
  type HttpPort,
  nextEvent,
  openHttpPort,
  PollingPeer,
  seededRandom,
  until,
} from "@telsiz/testkit";
import { WEBSOCKET_ENDPOINT, WebSocketPeer } from "../src/websocket-peer.ts";
import { TRANSPORT_CHOICES } from "../src/peers.ts";

/** How many clients are there at a time. */
const AT_A_TIME = 8;

/** Far longer than the test: an acknowledgement that waits this long ends with its connection, or not at all. */
const NEVER_MS = 3_600_000;

/** Where clients that are let in come. */
const OPEN_NAMESPACES = ["/", "/lobby"] as const;

/** All namespaces: of the others one refuses, one never answers, and one answers late. */
const NAMESPACES = [...OPEN_NAMESPACES, "/refusing", "/mute", "/late"] as const;

type Life = (churn: Churn, pick: Pick) => Promise<void>;

/** Chooses one of a list; the same for the same life of the same seed. */
type Pick = <T>(choices: readonly T[]) => T;

/** A server and its visitors. */
export class Churn {
  readonly io: Server;
  readonly #http: HttpPort;
  /** Acknowledgements that were asked for and are still awaited, on either side. */
  #awaited = 0;

  /** @see Churn.open */
  constructor(http: HttpPort, options: ServerOptions) {
    this.#http = http;
    this.io = new Server(http.server, options);
    for (const name of OPEN_NAMESPACES) this.io.of(name).on("connection", (socket) => serve(socket, this));
    this.io.of("/refusing").use((_socket, next) => next(new Error("not you")));
    this.io.of("/mute").use((socket) => void socket.join("waiting room"));
    this.io.of("/late").use((socket, next) => {
      void socket.join("waiting room");
      setImmediate(next);
    });
  }

  /** A server on a free port. */
  static async open(options: ServerOptions = {}): Promise<Churn> {
    return new Churn(await openHttpPort(), options);
  }

  get port(): number {
    return this.#http.port;
  }

  /** Lives so many lives, and resolves when the server has noticed the end of the last. */
  async run(seed: number, lives: number): Promise<void> {
    let lived = 0;
    const liveOn = async (): Promise<void> => {
      while (lived < lives) {
        const pick = pickBy(seededRandom(seed * 1_000_003 + lived++));
        await live(pick(LIVES), this, pick);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, liveOn));
    try {
      await until(() => this.leftovers().length === 0, "nothing is left");
    } catch (cause) {
      throw new Error(`Seed ${seed} has left ${this.leftovers().join(", ")}.`, { cause });
    }
  }

  /** What the server still holds, and what is still awaited. */
  leftovers(): string[] {
    const sizes: [string, number][] = [
      ["sessions", this.io.engine.clientsCount],
      ["acknowledgements", this.#awaited],
    ];
    for (const name of NAMESPACES) {
      const { sockets, adapter } = this.io.of(name);
      sizes.push([`sockets of ${name}`, sockets.size]);
      sizes.push([`rooms of ${name}`, (adapter as unknown as Tables).rooms.size]);
      sizes.push([`members of ${name}`, (adapter as unknown as Tables).sids.size]);
    }
    return sizes.filter(([, size]) => size > 0).map(([what, size]) => `${size} ${what}`);
  }

  /** A client that tries once. */
  client(nsp: string, transports: readonly string[], more: object = {}): ClientSocket {
    const options = { forceNew: true, reconnection: false, transports: [...transports], ...more };
    return connect(this.#http.url + nsp, options as object); // the names are those of transports
  }

  /** Waits for an answer, or for the error that takes its place. */
  ask(answer: Promise<unknown>): void {
    this.#awaited++;
    const settle = (): void => {
      this.#awaited--;
    };
    answer.then(settle, settle);
  }

  /** Ends the server; clients that are there lose their connection. */
  async close(): Promise<void> {
    await this.io.close();
    await this.#http.close();
  }
}

/** What the adapters in memory show of themselves. */
interface Tables {
  readonly rooms: ReadonlyMap<string, unknown>;
  readonly sids: ReadonlyMap<string, unknown>;
}

function serve(socket: Socket, churn: Churn): void {
  socket.use(([event], next) => next(event === "forbidden" ? new Error("forbidden") : undefined));
  socket.on("join", (rooms: string[], done: () => void) => {
    void socket.join(rooms);
    done();
  });
  socket.on("leave", (room: string) => void socket.leave(room));
  socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
  socket.on("ask me", (room: string) => {
    churn.ask(socket.emitWithAck("no answer"));
    churn.ask(socket.timeout(NEVER_MS).emitWithAck("no answer"));
    churn.ask(churn.io.to(room).timeout(5).emitWithAck("no answer"));
  });
  // What is done on the way out must not bring anything back.
  socket.on("disconnecting", () => void socket.join("too late"));
  socket.on("disconnect", () => {
    void socket.join("far too late");
    socket.emit("farewell");
    churn.ask(socket.emitWithAck("farewell"));
  });
}

/** How a visit ends. */
const ENDS: readonly ((client: ClientSocket, socket: Socket) => unknown)[] = [
  (client) => client.disconnect(),
  (client) => client.io.engine.close(),
  (_client, socket) => socket.disconnect(),
  (_client, socket) => socket.disconnect(true),
  (_client, socket) => socket.conn.close(),
  (_client, socket) => socket.conn.close(true),
  (client, socket) => {
    client.disconnect();
    socket.disconnect(true);
  },
];

const LIVES: readonly Life[] = [
  async function visits(churn, pick) {
    const client = churn.client(pick(OPEN_NAMESPACES), pick(Object.values(TRANSPORT_CHOICES)));
    await nextEvent(client, "connect");
    await stay(churn, client, pick);
    await end(churn, client, pick);
  },

  async function leavesDuringTheUpgrade(churn, pick) {
    const client = churn.client("/", TRANSPORT_CHOICES.upgrade);
    const { engine } = client.io;
    await nextEvent(engine, pick(["handshake", "upgrading", "upgrade"]));
    client.disconnect();
  },

  async function comesAndGoes(churn, pick) {
    const client = churn.client(pick(OPEN_NAMESPACES), pick(Object.values(TRANSPORT_CHOICES)));
    for (let times = 0; times < 3; times++) {
      client.disconnect().connect();
      if (pick([true, false])) await nextEvent(client, "connect");
      else await nextTurn();
    }
    client.disconnect();
  },

  async function comesBack(churn, pick) {
    const again = { reconnection: true, reconnectionDelay: 1, reconnectionDelayMax: 2 };
    const client = churn.client("/", pick([TRANSPORT_CHOICES.websocket, TRANSPORT_CHOICES.polling]), again);
    await nextEvent(client, "connect");
    await stay(churn, client, pick);
    churn.io.sockets.sockets.get(client.id!)?.conn.close(true);
    await nextEvent(client, "disconnect");
    if (pick([true, false])) await nextEvent(client, "connect"); // else it goes before it is back
    client.disconnect();
  },

  async function hasSeveralNamespaces(churn, pick) {
    const client = churn.client("/", pick(Object.values(TRANSPORT_CHOICES)));
    const lobby = client.io.socket("/lobby");
    await Promise.all([nextEvent(client, "connect"), nextEvent(lobby, "connect")]);
    client.disconnect();
    await stay(churn, lobby, pick);
    client.connect();
    lobby.disconnect();
    await nextEvent(client, "connect");
    client.disconnect();
  },

  async function isRefused(churn, pick) {
    const client = churn.client("/refusing", pick(Object.values(TRANSPORT_CHOICES)));
    await nextEvent(client, "connect_error");
  },

  async function tiresOfWaiting(churn, pick) {
    const client = churn.client(pick(["/mute", "/late"]), pick(Object.values(TRANSPORT_CHOICES)));
    await nextEvent(client.io, "open");
    if (pick([true, false])) await nextTurn();
    client.disconnect();
  },

  async function breaksOffAPoll({ io, port }) {
    const peer = await PollingPeer.join(port);
    const { request, answer } = peer.startPoll();
    await until(() => io.engine.clients.get(peer.sid)!.transport.writable, "the poll has come");
    request.destroy();
    await answer.catch(() => undefined);
  },

  async function breaksOffABody({ port }) {
    const { sid } = await PollingPeer.join(port);
    const target = `/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    const head = [`POST ${target} HTTP/1.1`, "Host: x", "Content-Length: 99", "Expect: 100-continue"];
    await exchangeRaw(port, `${head.join("\r\n")}\r\n\r\n4`, (answer) => answer.includes("100"));
  },

  async function breaksOffAnUpgrade({ io, port }, pick) {
    const peer = await PollingPeer.join(port);
    const candidate = await WebSocketPeer.open(port, `${WEBSOCKET_ENDPOINT}&sid=${peer.sid}`);
    if (pick([true, false])) {
      candidate.send("2probe");
      await candidate.frames.take();
    }
    if (pick([true, false])) candidate.terminate();
    // A client that tells its end, a server that ends, and a server that waits for the client to fetch the end.
    const goodbye = pick(["client", "server", "fetched"]);
    if (goodbye === "client") await peer.post("1");
    else io.engine.clients.get(peer.sid)!.close(goodbye === "server");
    if (goodbye === "fetched") await peer.poll();
    await candidate.waitForClose();
  },

  async function upgradesAndBreaksOff({ port }) {
    const peer = await PollingPeer.join(port);
    const candidate = await WebSocketPeer.open(port, `${WEBSOCKET_ENDPOINT}&sid=${peer.sid}`);
    candidate.send("2probe");
    await candidate.frames.take();
    candidate.sendTogether(["5", '42["ask me","upgraded"]', '451-["echo",{"_placeholder":true,"num":0}]']);
    await candidate.frames.take();
    candidate.terminate();
  },

  async function asksForNothing({ port }, pick) {
    const peer = await WebSocketPeer.openSession(port);
    if (pick([true, false])) peer.send("40/nowhere,");
    if (pick([true, false])) peer.terminate();
    else peer.close();
    await peer.waitForClose();
  },
];

/** Does what clients do. */
async function stay(churn: Churn, client: ClientSocket, pick: Pick): Promise<void> {
  const room = `room ${pick([1, 2, 3, 4])}`;
  churn.ask(client.emitWithAck("no answer"));
  churn.ask(client.timeout(NEVER_MS).emitWithAck("no answer"));
  client.emit("forbidden", 1);
  await client.emitWithAck("join", [room, "everybody"]);
  client.emit("ask me", room);
  client.volatile.emit("note", 1);
  if (pick([true, false])) client.emit("leave", room);
  await client.emitWithAck("echo", Buffer.alloc(pick([1, 10_000])));
}

async function end(churn: Churn, client: ClientSocket, pick: Pick): Promise<void> {
  const socket = churn.io.of(client.nsp).sockets.get(client.id!)!;
  const ended = Promise.all([nextEvent(client, "disconnect"), nextEvent(socket, "disconnect")]);
  pick(ENDS)(client, socket);
  await ended;
  client.disconnect();
}

function pickBy(random: () => number): Pick {
  return (choices) => choices[Math.floor(random() * choices.length)]!;
}

/** Names the life that goes wrong. */
async function live(life: Life, churn: Churn, pick: Pick): Promise<void> {
  try {
    await life(churn, pick);
  } catch (error) {
    throw new Error(`${life.name} ${String(error)}`, { cause: error });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Keeps count of time-outs, also of those that would not keep the process alive. */
export class TimerWatch {
  /** The callers of those that have neither come nor been cleared. */
  readonly #pending = new Map<unknown, string>();
  readonly #set = globalThis.setTimeout;
  readonly #clear = globalThis.clearTimeout;

  /** Where the pending ones were started. */
  get pending(): string[] {
    return [...this.#pending.values()];
  }

  start(): void {
    const watched = (
      callback: (...args: unknown[]) => void,
      delayMs?: number,
      ...args: unknown[]
    ): unknown => {
      const timer = this.#set(() => {
        this.#pending.delete(timer);
        callback(...args);
      }, delayMs);
      this.#pending.set(timer, `${delayMs} ms ${new Error("started").stack}`);
      return timer;
    };
    globalThis.setTimeout = watched as typeof setTimeout; // `__promisify__` is of no use here
    globalThis.clearTimeout = (timer) => {
      this.#pending.delete(timer);
      this.#clear(timer);
    };
  }

  stop(): void {
    globalThis.setTimeout = this.#set;
    globalThis.clearTimeout = this.#clear;
  }
}
