/** The recorded upgrades from polling to WebSocket, against the stock server to prove this replay, and against ours. */
import {
  type HttpAnswer,
  Inbox,
  loadVectors,
  planReplay,
  PollingPeer,
  until,
  type UpgradeStep,
  type UpgradeVector,
  type VectorPlan,
} from "@telsiz/testkit";
import type { Socket } from "socket.io";
import { afterAll, describe, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourServer, stockServer } from "../src/peers.ts";
import { WEBSOCKET_ENDPOINT, WebSocketPeer } from "../src/websocket-peer.ts";

/** The steps, where they differ from the recorded ones, and the state at the end. */
interface Outcome {
  steps: readonly UpgradeStep[];
  finalState: UpgradeVector["finalState"];
}

const joined: readonly UpgradeStep[] = [
  { c: "POST", body: "40" },
  { s: "POST answer", status: 200, body: "ok" },
  { c: "GET" },
  { s: "GET answer", status: 200, body: '40{"sid":"<sid>"}' },
];

/** @see VectorPlan */
export const upgradePlan: VectorPlan<Outcome> = {
  later: {},
  different: {
    "upg-002": {
      reason: "protocol.md E (2), security.md section 5, row 13 (A14): no upgrade without a probe",
      outcome: {
        steps: [
          ...joined,
          { s: "ws open?", readyState: 1 },
          { c: "ws frame", value: "5" },
          { s: "ws closed", code: 1005 },
          { c: "POST", body: '42["still alive"]' },
          { server: "event", value: ["still alive"] },
          { s: "POST answer", status: 200, body: "ok" },
        ],
        finalState: { readyState: "open", transport: "polling", upgraded: false, upgrading: false },
      },
    },
  },
};

/** What the application of a case, or its client, does beside the recorded steps: by its id, after a step. */
const asides: Record<string, (step: UpgradeStep, replay: UpgradeReplay) => void> = {
  "upg-006": (step, replay) => {
    if (step.value === "3probe") replay.websocket().close();
  },
  "upg-009": (step, replay) => {
    if (step.value === "3probe") replay.socket().conn.close();
  },
  "upg-011": (step, replay) => {
    if (step.value === "3probe") replay.socket().emit("tick", 1);
    if (step.body === '42["tick",1]') replay.socket().emit("tick", 2);
  },
};

describe.each([stockServer, ourServer])("the recorded upgrades with $name", (kind) => {
  const meetings: Meeting[] = [];
  afterAll(() => Promise.all(meetings.map((meeting) => meeting.close())));

  const plan = kind.ours ? upgradePlan : { later: {}, different: {} };
  const planned = planReplay(loadVectors("upgrade-cases"), ({ id }) => id, plan);

  it.each(planned.map((each) => [each.vector.id, each.vector.description, each] as const))(
    "%s: %s",
    async (id, _description, { vector, different }) => {
      const meeting = await openMeeting(kind, vector.serverOptions);
      meetings.push(meeting);
      const { steps, finalState } = different?.outcome ?? vector;
      const replay = new UpgradeReplay(meeting, await PollingPeer.open(meeting.port));
      for (const step of steps) {
        expect(await replay.run(step)).toEqual(expectedOf(step));
        asides[id]?.(step, replay);
      }
      await until(() => replay.state().transport === finalState.transport, "the transport at the end");
      await until(() => replay.state().readyState === finalState.readyState, "the state at the end");
      expect(replay.state()).toEqual(finalState);
    },
  );
});

/** Plays the client of one case, and records what the server says. */
class UpgradeReplay {
  readonly #peer: PollingPeer;
  readonly #posts: Promise<HttpAnswer>[] = [];
  readonly #gets: Promise<HttpAnswer>[] = [];
  readonly #websockets: WebSocketPeer[] = [];
  readonly #server = {
    upgrading: new Inbox<unknown>("upgrading"),
    upgrade: new Inbox<unknown>("upgrade"),
    event: new Inbox<unknown>("event"),
  };
  #socket: Socket | undefined;

  constructor({ io }: Meeting, peer: PollingPeer) {
    this.#peer = peer;
    io.on("connection", (socket) => {
      this.#socket = socket;
      socket.onAny((...args) => this.#server.event.put(args));
      for (const event of ["upgrading", "upgrade"] as const) {
        (socket.conn as any).on(event, ({ name }: { name: string }) => this.#server[event].put(name));
      }
    });
  }

  socket(): Socket {
    return this.#socket!;
  }

  websocket(): WebSocketPeer {
    return this.#websockets.at(-1)!;
  }

  state(): UpgradeVector["finalState"] {
    const { readyState, transport, upgraded, upgrading } = this.socket().conn as any;
    return { readyState, transport: transport.name, upgraded, upgrading };
  }

  /** Does what the client does at this step, or takes what it or the server sees. */
  async run(step: UpgradeStep): Promise<unknown> {
    if (step.server !== undefined) return this.#server[step.server].take();
    switch (step.c ?? step.s) {
      case "POST":
        return void this.#posts.push(this.#peer.post(step.body!));
      case "GET":
        return void this.#gets.push(this.#peer.poll());
      case "POST answer":
        return answerOf(await this.#posts.shift()!);
      case "GET answer":
        return answerOf(await this.#gets.shift()!);
      case "ws open?":
      case "ws2 open?":
        this.#websockets.push(
          await WebSocketPeer.open(this.#peer.port, `${WEBSOCKET_ENDPOINT}&sid=${this.#peer.sid}`),
        );
        return undefined;
      case "ws closed":
      case "ws2 closed":
        return this.websocket().waitForClose();
      default:
        if (step.c === undefined) return this.websocket().frames.take();
        return this.websocket().send(step.value as string);
    }
  }
}

function answerOf({ status, body }: HttpAnswer): unknown {
  return { status, body: body.replace(/"sid":"[^"]*"/, '"sid":"<sid>"') };
}

/** What {@link UpgradeReplay.run} has to give. */
function expectedOf({ c, s, server, status, body, value, to, code }: UpgradeStep): unknown {
  if (c !== undefined) return undefined;
  if (server !== undefined) return to ?? value;
  if (status !== undefined) return { status, body };
  return s === "ws frame" ? value : code;
}
