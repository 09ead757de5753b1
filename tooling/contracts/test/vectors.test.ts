/** The vectors of docs/contracts.md, played against a real server and a real client. */
import { AckError, type BuiltInAckError, defineContract, type Issue, type } from "@telsiz/events";
import { bounded, nextEvent } from "@telsiz/testkit";
import { openContractClient, openContractServer } from "@telsiz/testkit/contracts";
import { describe, expect, it } from "vitest";
import { snippet } from "../src/docs-page.ts";
import { afterwards } from "./stage.ts";
import { rawClient, rawServer } from "./wire.ts";

interface Vector {
  readonly name: string;
  readonly from?: "client" | "server";
  readonly text: string;
  readonly auth?: object;
  readonly connect?: string;
  readonly negotiate?: boolean;
  readonly negotiated?: boolean;
  readonly error?: { code: string; message: string; data?: unknown; issues?: Issue[] };
  readonly answer?: unknown;
  readonly received?: true;
}

const vectors = JSON.parse(snippet("vectors")) as Vector[];
const ask = { ask: { ack: type<unknown>(), errors: { MUTED: type<unknown>() } } };
const contract = defineContract({ clientToServer: ask, serverToClient: ask });

const ABILITIES = '{"_t":{"v":1,"caps":["ack"]}}';

const openServer = async (negotiate = true) => {
  const { io, url, close } = await openContractServer(contract, { negotiate });
  afterwards(close);
  return { io, url };
};

const openClient = async (options: { auth?: object; negotiate?: boolean } = {}) => {
  const { url, accepted } = await rawServer();
  const client = openContractClient(url, { contract, ...options });
  afterwards(() => client.disconnect());
  return { client, peer: await bounded(accepted, "the client") };
};

/** What the application answers. */
function given({ error, answer }: Vector): unknown {
  if (error === undefined) return answer;
  return new AckError(error.code, error.data, { message: error.message, issues: error.issues });
}

/** What came of a question: its answer, or the error in its place. */
async function outcome(asked: Promise<unknown>): Promise<object> {
  try {
    return { answer: await bounded(asked, "an answer") };
  } catch (error) {
    if (!contract.isAckError("ask", error)) throw error;
    const { code, message, data, issues } = error as BuiltInAckError;
    return { error: JSON.parse(JSON.stringify({ code, message, data, issues })) as object };
  }
}

const expected = ({ error, answer }: Vector): object => (answer === undefined ? { error } : { answer });

it("has vectors of each kind", () => {
  expect(vectors.length).toBeGreaterThan(15);
  expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
});

describe.each(vectors.filter(({ from }) => from === "client"))("$name", ({ text, auth, negotiate }) => {
  it("is what the client sends", async () => {
    const { peer } = await openClient({
      ...(auth && { auth }),
      ...(negotiate === undefined ? {} : { negotiate }),
    });
    expect(await peer.next()).toBe(text);
  });
});

describe.each(vectors.filter(({ from }) => from === "server"))(
  "$name",
  ({ text, auth, connect: asked, negotiate }) => {
    it("is what the server sends, and what it shows", async () => {
      const { io, url } = await openServer(negotiate);
      const peer = await rawClient(url);
      peer.send(asked!);
      const answer = await peer.next();
      const [socket] = [...io.sockets.sockets.values()];
      expect(answer.replace(socket!.id, "SID")).toBe(text);
      expect(socket!.handshake.auth).toEqual(auth);
    });
  },
);

const answers = vectors.filter(({ from }) => from === undefined);

describe.each(answers.filter(({ received }) => received !== true))("$name", (vector) => {
  it("is what the server answers", async () => {
    const { io, url } = await openServer();
    io.on("connection", (socket) => socket.on("ask", (ack) => ack(given(vector))));
    const peer = await rawClient(url);
    peer.send(`40${vector.negotiated === true ? ABILITIES : ""}`);
    await peer.next();
    peer.send('420["ask"]');
    expect(await peer.next()).toBe(vector.text);
  });

  it("is what the client answers", async () => {
    const { client, peer } = await openClient();
    client.on("ask", (ack) => ack(given(vector)));
    await peer.next();
    peer.send(`40{"sid":"sid"${vector.negotiated === true ? `,${ABILITIES.slice(1)}` : "}"}`);
    peer.send('420["ask"]');
    expect(await peer.next()).toBe(vector.text);
  });
});

describe.each(answers)("$name", (vector) => {
  it("is understood by the server", async () => {
    const { io, url } = await openServer();
    const peer = await rawClient(url);
    const joined = nextEvent(io, "connection");
    peer.send(`40${vector.negotiated === true ? ABILITIES : ""}`);
    await Promise.all([peer.next(), joined]);
    const [socket] = [...io.sockets.sockets.values()];
    const asked = outcome(socket!.emitWithAck("ask"));
    expect(await peer.next()).toBe('420["ask"]');
    peer.send(vector.text);
    expect(await asked).toEqual(expected(vector));
    const broadcast = io.timeout(4000).emitWithAck("ask");
    expect(await peer.next()).toBe('421["ask"]');
    peer.send(vector.text.replace("430", "431"));
    if (vector.answer !== undefined) expect(await broadcast).toEqual([vector.answer]);
    else await expect(broadcast).rejects.toMatchObject({ errors: [{ code: vector.error!.code }] });
  });

  it("is understood by the client", async () => {
    const { client, peer } = await openClient();
    await peer.next();
    peer.send(`40{"sid":"sid"${vector.negotiated === true ? `,${ABILITIES.slice(1)}` : "}"}`);
    const asked = outcome(client.emitWithAck("ask"));
    expect(await peer.next()).toBe('420["ask"]');
    peer.send(vector.text);
    expect(await asked).toEqual(expected(vector));
  });
});
