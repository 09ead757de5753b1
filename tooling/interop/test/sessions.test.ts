/** The recorded sessions, played again between the stock packages to prove this replay, and with ours. */
import {
  loadVectors,
  planReplay,
  type SessionMessage,
  type SessionVector,
  tag,
  until,
  type VectorPlan,
} from "@telsiz/testkit";
import { messagePackParser } from "@telsiz/parser";
import stockMessagePack from "socket.io-msgpack-parser";
import { describe, expect, it, vi } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { OUR_PAIRINGS, type Pairing, STOCK_PAIRING } from "../src/peers.ts";
import { RecordingProxy } from "../src/recording-proxy.ts";
import { type Scene, SCENARIOS } from "./session-scenarios.ts";
import { readTranscript, type Transcript } from "../src/transcript.ts";

/** What differs from the recording, for one side of ours or for both. */
type Change = (recorded: Transcript) => Partial<Transcript>;
interface Outcome {
  readonly ourServer?: Change;
  readonly ourClient?: Change;
  readonly bothOurs?: Change;
}

/** @see VectorPlan */
export const sessionsPlan: VectorPlan<Outcome> = {
  later: {
    "eio3-polling": "a later stage: older protocol revisions",
    "eio3-upgrade": "a later stage: older protocol revisions",
    "eio3-refused": "a later stage: older protocol revisions, with a client that speaks them",
  },
  different: {
    recovery: {
      reason:
        "users.md M7, M9: the answer to CONNECT has an offset, which also says that every event ends with one, and the count of the events that came (docs/wire.md)",
      outcome: {
        ourServer: ({ fromServer }) => {
          const received = [0, 1, 0]; // the client emits in its first connection alone
          return {
            fromServer: fromServer.map((packet) =>
              packet.replace(
                '"pid":"<id>"',
                () => `"pid":"<id>","offset":"<offset>","received":${String(received.shift())}`,
              ),
            ),
          };
        },
        bothOurs: ({ notes }) => ({ notes: notes.map((note) => note.replace(',"<offset>"', "")).sort() }),
      },
    },
    "server-disconnect-true-polling": {
      reason: "protocol.md A.8: the client closes without another GET, whose answer nobody would read",
      outcome: {
        ourClient: ({ fromServer }) => ({
          fromServer: expect.arrayContaining(fromServer.slice(0, 3)) as string[],
        }),
      },
    },
    "maxpayload-exceeded": {
      reason: "security.md section 5, row 20 (A23): a body that is too large ends the session at once",
      outcome: {
        ourServer: ({ fromClient, fromServer }) => ({
          // Whether the client sees the 413 or the end of its waiting GET first is open, and so its reason.
          fromClient: expect.arrayContaining(fromClient.slice(0, 2)) as string[],
          fromServer: expect.arrayContaining(fromServer) as string[],
          notes: [
            expect.stringMatching(/^client disconnect \{"reason":"transport (error|close)"/) as string,
            'server disconnect "transport error"',
          ],
        }),
      },
    },
  },
};

const planned = planReplay(loadVectors("sessions").map(patient), ({ name }) => name, sessionsPlan);

/**
 * A pong that a busy machine delays must not end the session, and a ping must not come with the answer to CONNECT: what
 * was recorded with 150 and 100 ms is played with 0.9 and 20 s.
 */
function patient(vector: SessionVector): SessionVector {
  if (!vector.name.startsWith("heartbeat")) return vector;
  const text = JSON.stringify(vector)
    .replaceAll(/(\\?"pingInterval\\?":)150\b/g, "$1900")
    .replaceAll(/(\\?"pingTimeout\\?":)100\b/g, "$120000")
    .replace('"content-length":"114"', '"content-length":"116"'); // the handshake's body is two digits longer
  return JSON.parse(text) as SessionVector;
}

describe.each([STOCK_PAIRING, ...OUR_PAIRINGS])("the recorded sessions, $name", (pairing) => {
  it.concurrent.each(planned.map((each) => [each.vector.name, each] as const))(
    "%s",
    async (_name, { vector, different }) => {
      const recorded = readTranscript(vector.messages, describeBinary);
      const changes = [
        pairing.server.ours ? different?.outcome.ourServer : undefined,
        pairing.client.ours ? different?.outcome.ourClient : undefined,
        pairing.server.ours && pairing.client.ours ? different?.outcome.bothOurs : undefined,
      ];
      const expected = changes.reduce<Transcript>((so, change) => ({ ...so, ...change?.(so) }), recorded);
      await perform(pairing, vector, (messages) => {
        expect(readTranscript(messages, describeBinary)).toEqual(expected);
        if (vector.name === "maxpayload-batching") expect(longestBody(messages)).toBeLessThanOrEqual(120);
      });
    },
  );
});

/** Plays a session; at the end, what was recorded has to pass `check`, the last of it soon. */
async function perform(
  pairing: Pairing,
  vector: SessionVector,
  check: (messages: readonly SessionMessage[]) => void,
): Promise<void> {
  const options = { ...vector.serverOptions, ...parserOf(vector, pairing.server.ours) };
  const meeting = await openMeeting(pairing.server, options, pairing.client);
  const proxy = await RecordingProxy.open(meeting.port);
  try {
    await SCENARIOS[vector.name]!(sceneOf(pairing, vector, meeting, proxy));
    await until(() => meeting.io.engine.clientsCount === 0, "all sessions are closed");
    await vi.waitFor(() => check(proxy.messages), { interval: 5 });
  } finally {
    await meeting.close();
    await proxy.close();
  }
}

/** Only the parser of Socket.IO's own speaks in whole packets of bytes. The flags of the sender mean nothing. */
function describeBinary(hex: string): string {
  if (!/^8[1-6]a/.test(hex)) return hex;
  let described = "";
  const decoder = new stockMessagePack.Decoder();
  decoder.on("decoded", ({ type, nsp, id, data }: Record<string, unknown>) => {
    described = JSON.stringify({ type, nsp, id, data });
  });
  decoder.add(Buffer.from(hex, "hex"));
  return described;
}

function sceneOf(
  { client }: Pairing,
  vector: SessionVector,
  { io }: Meeting,
  { url, messages }: RecordingProxy,
): Scene {
  return {
    io,
    client: (options) =>
      client.connect(url, {
        forceNew: true,
        ...vector.clientOptions,
        ...(vector.name.startsWith("msgpack") ? { auth: { t: 1 } } : {}),
        ...parserOf(vector, client.ours),
        ...(client.ours ? { earlyConnect: false } : {}), // docs/wire.md: what was recorded has CONNECT as a packet
        ...options,
      }),
    note: (actor, event, value) => {
      messages.push({ dir: "NOTE", actor, event, ...(value === undefined ? {} : { value: tag(value) }) });
    },
  };
}

/** The parser of the session, where it is not the default one; ours is another than theirs. */
function parserOf({ name }: SessionVector, ours: boolean): { parser?: any } {
  if (!name.startsWith("msgpack")) return {};
  return { parser: ours ? messagePackParser : stockMessagePack };
}

function longestBody(messages: readonly SessionMessage[]): number {
  const bodies = messages.filter(({ kind }) => kind === "http-request").map(({ body = "" }) => body);
  return Math.max(...bodies.map((body) => Buffer.byteLength(body)));
}
