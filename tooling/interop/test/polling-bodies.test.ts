/** The recorded bodies of POST requests, against the stock server to prove this replay, and against ours. */
import {
  describeValue,
  type Difference,
  type HttpAnswer,
  loadVectors,
  planReplay,
  PollingPeer,
  type PollingBodyVector,
  type RecordedAnswer,
  untag,
  until,
  type VectorPlan,
} from "@telsiz/testkit";
import type { Socket } from "socket.io";
import { afterAll, describe, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourServer, stockServer } from "../src/peers.ts";

/** What came of the body. */
interface Outcome {
  post: RecordedAnswer;
  /** What became of the GET that was waiting. */
  get: RecordedAnswer | "pending";
  alive: boolean;
  events: unknown[];
  disconnect: { reason: string; description?: string | undefined } | undefined;
}

const withCause: Difference<Partial<Outcome>> = {
  reason: "house-style.md 14: the cause is kept, where theirs says no more than the reason",
  outcome: { disconnect: { reason: "parse error", description: "parser error" } },
};

/** @see VectorPlan */
export const pollingBodiesPlan: VectorPlan<Partial<Outcome>> = {
  later: {},
  different: { "poll-004": withCause, "poll-005": withCause, "poll-006": withCause },
};

/** Sent by the server to learn whether a GET is still waiting. */
const MARKER = '42["marker"]';

describe.each([stockServer, ourServer])("the recorded polling bodies with $name", (kind) => {
  const meetings: Meeting[] = [];
  afterAll(() => Promise.all(meetings.map((meeting) => meeting.close())));

  async function replay({ body, headers, sessionAlive, events }: PollingBodyVector): Promise<Outcome> {
    const meeting = await openMeeting(kind);
    meetings.push(meeting);
    const seen = watch(meeting);
    const peer = await PollingPeer.join(meeting.port);
    const pending = peer.poll();
    const post = await peer.post(untag(body) as string | Uint8Array, headers);
    if (sessionAlive) {
      // POST bodies are taken in order: an event that arrives says that all before is done.
      await peer.post('42["last"]');
      await until(() => seen.events.some(([name]) => name === "last"), "the last event");
      seen.socket().emit("marker");
    } else await until(() => seen.outcome().disconnect !== undefined, "the disconnection");
    const get = await pending;
    return {
      post: comparable(post),
      get: get.body === MARKER ? "pending" : comparable(get),
      alive: (await peer.post("6")).status === 200,
      ...seen.outcome(),
      events: seen.events.slice(0, events?.length ?? 0),
    };
  }

  const plan = kind.ours ? pollingBodiesPlan : { later: {}, different: {} };
  const planned = planReplay(loadVectors("polling-bodies"), ({ id }) => id, plan);

  it.each(planned.map((each) => [each.vector.id, each.vector.description, each] as const))(
    "%s: %s",
    async (_id, _description, { vector, different }) => {
      expect(await replay(vector)).toEqual({ ...recordedOutcome(vector), ...different?.outcome });
    },
  );
});

function watch({ io }: Meeting) {
  const events: unknown[][] = [];
  let disconnect: Outcome["disconnect"];
  let connected: Socket | undefined;
  io.on("connection", (socket) => {
    connected = socket;
    socket.onAny((...args) => events.push(describeValue(args) as unknown[]));
    socket.on("disconnect", (reason, details: any) => {
      disconnect = { reason, description: details?.message };
    });
  });
  return { events, socket: () => connected!, outcome: () => ({ disconnect }) };
}

function comparable({ status, headers, body }: HttpAnswer): RecordedAnswer {
  const { "content-type": type, "cache-control": cache } = headers;
  return { status, headers: JSON.parse(JSON.stringify({ type, cache })) as Record<string, string>, body };
}

function recordedOutcome(vector: PollingBodyVector): Outcome {
  const { postResponse, pendingGet, sessionAlive, events = [], serverDisconnect } = vector;
  return {
    post: recordedAnswer(postResponse),
    get: pendingGet.pending === true ? "pending" : recordedAnswer(pendingGet),
    alive: sessionAlive,
    events: events.map(untag),
    disconnect:
      serverDisconnect === undefined
        ? undefined
        : { reason: serverDisconnect.reason, description: serverDisconnect.description },
  };
}

function recordedAnswer({ status, headers = {}, body }: RecordedAnswer): RecordedAnswer {
  const { "content-type": type, "cache-control": cache } = headers;
  return {
    status: status!,
    headers: JSON.parse(JSON.stringify({ type, cache })) as Record<string, string>,
    body: body!,
  };
}
