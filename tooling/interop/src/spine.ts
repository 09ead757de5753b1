/**
 * What survives a cut connection: a client gets numbered messages, one per millisecond, and may send as many, while a
 * proxy cuts its connection again and again, with whatever is on its way; in the end it is known what is missing.
 */
import { DelayingProxy, nextEvent, NumberedStream, seededRandom } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import { type Meeting, openMeeting } from "./meeting.ts";
import { type ClientKind, type ServerKind, TRANSPORT_CHOICES } from "./peers.ts";

/** A run. */
export interface SpineRun {
  readonly server: ServerKind;
  readonly client: ClientKind;
  /** Decides when the connection is cut, how long bytes are on their way, and over which transports. */
  readonly seed: number;
  /** How many messages are sent. @default 2000 */
  readonly messages?: number;
  /** What the client connects over. @default WebSocket or polling, as the seed has it: no upgrades */
  readonly transports?: readonly string[];
  /** Whether cuts also come while the client connects, and while it is sent what it missed. @default false */
  readonly anyTime?: boolean;
  /** What the client has to get before its connection is cut for the first time. @default "connect" */
  readonly cutsAfter?: "connect" | "message";
  /** Whether clients have to pass a middleware again, which takes 50 ms. @default false, and as the server has it */
  readonly middleware?: boolean;
  /** Whether the client sends numbered messages, too, some with bytes; for peers that are both ours. @default false */
  readonly upstream?: boolean;
}

/** What came of a run, or of several. */
export interface SpineResult {
  readonly reconnections: number;
  /** After how many the client was told that it had missed nothing. */
  readonly recovered: number;
  /** Messages that never came. */
  readonly lost: number;
  /** Messages that came once more. */
  readonly doubled: number;
  /** Messages that came after a later one. */
  readonly disordered: number;
  /** How many times the client was told that it had missed nothing, and had. */
  readonly falseClaims: number;
  /** What was lost, doubled or out of order of the client's messages. */
  readonly upstreamFaults: readonly string[];
}

interface Receipt {
  readonly message: number;
  /** During which connection. */
  readonly connection: number;
}

/** The longest time that bytes are on their way, in milliseconds. */
const MAX_DELAY_MS = 6;

/** How long a middleware takes, in milliseconds. */
const MIDDLEWARE_MS = 50;

/** How long a client waits before it connects again, in milliseconds. */
const RECONNECTION_DELAY_MS = 50;

/** How long a connection lasts, in milliseconds. */
const MIN_CONNECTION_MS = 40;
const MAX_CONNECTION_MS = 200;

/** How long the last reconnection may take, in milliseconds, and into how many questions that is divided. */
const PATIENCE_MS = 20_000;
const ATTEMPTS = 10;

/**
 * No upgrades where it is not asked for them: a stock client whose upgrade is cut between two polls stays silent until
 * its ping timeout, whatever the server does.
 */
const choices = [TRANSPORT_CHOICES.websocket, TRANSPORT_CHOICES.polling];

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs it. */
export async function runSpine(run: SpineRun): Promise<SpineResult> {
  const { server, client: kind, seed, messages = 2_000, middleware = false, upstream = false } = run;
  const { transports = choices[seed % choices.length]! } = run;
  const recovery = middleware ? { skipMiddlewares: false } : {};
  const meeting = await openMeeting(server, { connectionStateRecovery: recovery }, kind);
  const proxy = await DelayingProxy.open(meeting.port, { seed, maxMs: MAX_DELAY_MS });
  try {
    if (middleware) meeting.io.use((_socket, next) => void wait(MIDDLEWARE_MS).then(() => next()));
    const client = meeting.client(
      {
        transports: [...transports],
        reconnectionDelay: RECONNECTION_DELAY_MS,
        randomizationFactor: 0,
      },
      proxy.url,
    );
    const record = new Record(client);
    const uploads = new NumberedStream(messages);
    meeting.io.on("connection", (socket) =>
      socket.on("upload", (message: number) => uploads.receive(message)),
    );
    const lost = new Promise<void>((resolve) => client.once("disconnect", () => resolve()));
    const sending = [sendNumbers(meeting, messages, lost)];
    if (upstream) sending.push(uploadNumbers(client, messages, lost));
    const stopCutting = cutAgainAndAgain(run, client, proxy);
    await Promise.all(sending);
    stopCutting();
    await drain(client);
    return { ...record.result(messages), upstreamFaults: upstream ? faultsOf(uploads) : [] };
  } finally {
    await meeting.close();
    await proxy.close();
  }
}

/** The sum of several results. */
export function sumOf(results: readonly SpineResult[]): SpineResult {
  const sum = (of: (result: SpineResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    reconnections: sum((each) => each.reconnections),
    recovered: sum((each) => each.recovered),
    lost: sum((each) => each.lost),
    doubled: sum((each) => each.doubled),
    disordered: sum((each) => each.disordered),
    falseClaims: sum((each) => each.falseClaims),
    upstreamFaults: results.flatMap(({ upstreamFaults }) => upstreamFaults),
  };
}

/** Sends them to the client and to a room that it is in by turns, at one per millisecond, whether it is there or not. */
async function sendNumbers({ io }: Meeting, messages: number, lost: Promise<void>): Promise<void> {
  let latest: ServerSocket | undefined;
  io.on("connection", (socket) => {
    latest = socket;
    if (!socket.recovered) void socket.join("room");
    socket.on("done", (answer: () => void) => answer());
  });
  await nextEvent(io, "connection", PATIENCE_MS);
  await sendAround(lost, messages, (message) => {
    const receiver = message % 2 === 0 ? io.to("room") : latest!;
    receiver.emit("message", message);
  });
}

/** Sends them to the server, every fifth with bytes, whether the client is connected or not. */
async function uploadNumbers(client: ClientSocket, messages: number, lost: Promise<void>): Promise<void> {
  await nextEvent(client, "connect", PATIENCE_MS);
  const bytes = new Uint8Array(8);
  await sendAround(lost, messages, (message) => {
    client.emit("upload", message, ...(message % 5 === 0 ? [bytes] : []));
  });
}

/** The second half waits for the first lost connection: a busy machine may send the first before any cut has an effect. */
async function sendAround(
  lost: Promise<void>,
  messages: number,
  send: (message: number) => void,
): Promise<void> {
  const half = Math.floor(messages / 2);
  await onePerMillisecond(half, send);
  await lost;
  await onePerMillisecond(messages - half, (message) => send(half + message));
}

async function onePerMillisecond(messages: number, send: (message: number) => void): Promise<void> {
  const start = performance.now();
  for (let message = 0; message < messages;) {
    await wait(1);
    for (const due = performance.now() - start; message < Math.min(due, messages); message++) send(message);
  }
}

function faultsOf(stream: NumberedStream): readonly string[] {
  return stream.complete ? stream.faults : [...stream.faults, "the last never came"];
}

/** Cuts the client's connection some while after it was established, or at any time. @returns ends it */
function cutAgainAndAgain(
  { seed, anyTime = false, cutsAfter = "connect" }: SpineRun,
  client: ClientSocket,
  proxy: DelayingProxy,
): () => void {
  const random = seededRandom(seed);
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  const plan = (): void => {
    stop();
    const duration = MIN_CONNECTION_MS + random() * (MAX_CONNECTION_MS - MIN_CONNECTION_MS);
    timer = setTimeout(() => {
      proxy.cut();
      plan(); // between two polls there is nothing to cut
    }, duration);
  };
  const begin = (): void => {
    plan();
    if (!anyTime) client.on("connect", plan).on("disconnect", stop);
  };
  client.once(cutsAfter, begin);
  return () => {
    client.off(cutsAfter, begin).off("connect", plan);
    stop();
  };
}

/** Resolves when all that was sent has come: an acknowledgement comes after it. */
async function drain(client: ClientSocket): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const done = client.timeout(PATIENCE_MS / ATTEMPTS).emitWithAck("done");
    // The last cut may come between question and answer.
    const answered = await done.then(
      () => true,
      () => false,
    );
    if (answered) return;
  }
  throw new Error("the client is not connected again");
}

/** What a client saw. */
class Record {
  /** By connections that were established: whether it was said to be recovered. */
  readonly #recovered = new Map<number, boolean>();
  readonly #receipts: Receipt[] = [];
  #losses = 0;

  constructor(client: ClientSocket) {
    client.on("connect", () => {
      this.#recovered.set(this.#losses, client.recovered);
    });
    client.on("disconnect", () => this.#losses++);
    client.on("message", (message: number) => {
      this.#receipts.push({ message, connection: this.#losses });
    });
  }

  result(messages: number): Omit<SpineResult, "upstreamFaults"> {
    const received = new Set(this.#receipts.map(({ message }) => message));
    const missing = Array.from({ length: messages }, (_, message) => message).filter((n) => !received.has(n));
    const recovered = [...this.#recovered].flatMap(([connection, said]) => (said ? [connection] : []));
    return {
      reconnections: this.#recovered.size - 1,
      recovered: recovered.length,
      lost: missing.length,
      doubled: this.#receipts.length - received.size,
      disordered: this.#disordered(),
      falseClaims: recovered.filter((connection) => this.#hasHole(connection, missing)).length,
    };
  }

  #disordered(): number {
    let latest = -1;
    return this.#receipts.filter(({ message }) => {
      const early = message < latest;
      latest = Math.max(latest, message);
      return early;
    }).length;
  }

  /** Whether something is missing between what came last before a connection and what came last during it. */
  #hasHole(connection: number, missing: readonly number[]): boolean {
    const latest = (ofThose: (receipt: Receipt) => boolean): number =>
      Math.max(-1, ...this.#receipts.filter(ofThose).map(({ message }) => message));
    const before = latest((receipt) => receipt.connection < connection);
    const during = latest((receipt) => receipt.connection === connection);
    return missing.some((message) => before < message && message < during);
  }
}
