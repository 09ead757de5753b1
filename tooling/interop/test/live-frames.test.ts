/** The recorded frames over WebSocket, against the stock server to prove this replay, and against ours. */
import {
  bounded,
  describeValue,
  type LiveFramesVector,
  loadVectors,
  planReplay,
  untag,
  until,
  type VectorPlan,
} from "@telsiz/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourServer, stockServer } from "../src/peers.ts";
import { WebSocketPeer } from "../src/websocket-peer.ts";

/** What came of the frames. */
interface Outcome {
  framesBack: string[];
  closeCode: number | "still open";
  disconnect: string | undefined;
  events: unknown[];
  errors: string[];
}

const closeCounts = "security.md section 5, row 32 (A23): a close packet ends the session over WebSocket too";

/** Where they put packets off to a later turn of the event loop, and so overtake the one before. */
const inOrder = "architecture.md section 5: no ticks, so each packet is done before the next is read";

const CONNECTED = '40{"sid":"<sid>"}';

/** @see VectorPlan */
export const liveFramesPlan: VectorPlan<Partial<Outcome>> = {
  later: {},
  different: {
    "live-008": {
      reason: "protocol.md E (1), security.md section 5, row 2: one CONNECT at a time for each namespace",
      outcome: { closeCode: 1005, framesBack: [CONNECTED], disconnect: "forced close" },
    },
    "live-009": {
      reason: `${inOrder}: the namespace is joined when the event is read`,
      outcome: { closeCode: "still open", framesBack: [CONNECTED], events: [["a"]] },
    },
    "live-016": {
      reason: `${inOrder}: the namespace is left when the event is read (protocol.md B.3, 3)`,
      outcome: { closeCode: 1005, events: [] },
    },
    "live-017": {
      reason: `${inOrder}: the namespace is left when it is joined again`,
      outcome: {
        closeCode: "still open",
        disconnect: "client namespace disconnect",
        framesBack: [CONNECTED, CONNECTED],
      },
    },
    "live-024": { reason: closeCounts, outcome: { closeCode: 1005, disconnect: "transport close" } },
    "live-028": {
      reason: "protocol.md A.2: the text of the error is ours, theirs is a TypeError of their code",
      outcome: { errors: ["unknown packet type NaN"] },
    },
    "live-040": {
      reason: "security.md section 5, row 9 (A7): an EVENT needs a payload",
      outcome: { events: [], closeCode: 1005, disconnect: "forced close", errors: ["invalid payload"] },
    },
  },
};

/** Joined by the replay to learn whether all before was taken and the connection is still open. */
const LAST_NAMESPACE = "/last";

describe.each([stockServer, ourServer])("the recorded frames with $name", (kind) => {
  const meetings: Meeting[] = [];
  afterAll(() => Promise.all(meetings.map((meeting) => meeting.close())));

  async function replay({ frames, serverOptions }: LiveFramesVector): Promise<Outcome> {
    const { sameFlush, wait, ...options } = serverOptions;
    // The ping must not come before the answer to CONNECT, however busy the machine is.
    const patient = "pingInterval" in options ? { pingInterval: 1_000 } : {};
    const meeting = await openMeeting(kind, { ...options, ...patient });
    meetings.push(meeting);
    const seen = watch(meeting);
    const peer = await WebSocketPeer.openSession(meeting.port);
    const bytes = frames.map((frame) => untag(frame) as string | Buffer);
    if (sameFlush === true) peer.sendTogether(bytes);
    else await sendEach(peer, bytes, seen.framesBack);
    const silent = wait === undefined ? undefined : await WebSocketPeer.openSession(meeting.port);
    const closeCode = await settle(peer, silent, seen.framesBack);
    if (closeCode !== "still open" && seen.connections() > 0)
      await until(() => seen.disconnected(), "disconnect");
    return { ...seen.outcome(), closeCode, framesBack: seen.framesBack };
  }

  const planned = planReplay(
    loadVectors("live-frames"),
    ({ id }) => id,
    kind.ours ? liveFramesPlan : { later: {}, different: {} },
  );

  it.each(planned.map((each) => [each.vector.id, each.vector.description, each] as const))(
    "%s: %s",
    async (_id, _description, { vector, different }) => {
      expect(await replay(vector)).toEqual({ ...recordedOutcome(vector), ...different?.outcome });
    },
  );
});

function watch({ io }: Meeting) {
  const events: unknown[] = [];
  const errors: string[] = [];
  let disconnect: string | undefined;
  let connections = 0;
  io.of("/admin");
  io.of(LAST_NAMESPACE);
  io.on("connection", (socket) => {
    connections++;
    socket.onAny((...args) => events.push(describeValue(args)));
    socket.on("error", (error) => errors.push(error.message));
    socket.on("disconnect", (reason) => (disconnect = reason));
  });
  return {
    framesBack: [] as string[],
    connections: () => connections,
    disconnected: () => disconnect !== undefined,
    outcome: () => ({ events, errors, disconnect }),
  };
}

/** Sends frame by frame, each CONNECT answered before the next. */
async function sendEach(
  peer: WebSocketPeer,
  frames: readonly (string | Buffer)[],
  back: string[],
): Promise<void> {
  for (const [index, frame] of frames.entries()) {
    peer.send(frame);
    const answered = typeof frame === "string" && frame.startsWith("40") && index < frames.length - 1;
    if (answered) await takeFrame(peer, back);
  }
}

async function takeFrame(peer: WebSocketPeer, back: string[]): Promise<string | undefined> {
  const frame = await Promise.race([peer.frames.take(), peer.closed]);
  if (typeof frame === "number") return undefined;
  back.push(normalize(String(frame)));
  return String(frame);
}

/** Takes frames until the connection is closed, or until it is clear that it stays open. */
async function settle(
  peer: WebSocketPeer,
  silent: WebSocketPeer | undefined,
  back: string[],
): Promise<number | "still open"> {
  // One that says nothing is closed by the same timeouts, and was opened later.
  if (silent !== undefined) await bounded(silent.closed, "the timeout");
  peer.send(`40${LAST_NAMESPACE},`);
  for (;;) {
    const frame = await takeFrame(peer, back);
    if (frame === undefined) return peer.closed;
    if (!frame.startsWith(`40${LAST_NAMESPACE},`)) continue;
    back.pop();
    peer.close();
    return "still open";
  }
}

function recordedOutcome(vector: LiveFramesVector): Outcome {
  return {
    framesBack: [...vector.framesBack],
    closeCode: vector.closeCode,
    disconnect: vector.serverDisconnect,
    events: (vector.events ?? []).map(untag),
    errors: [...(vector.errorEvent ?? [])],
  };
}

function normalize(frame: string): string {
  return frame.replace(/"sid":"[^"]*"/, '"sid":"<sid>"');
}
