import { Agent } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { exchange, type HttpPort, openHttpPort, until } from "@telsiz/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { relayRequest, type Way } from "../src/relay.ts";

const ports: HttpPort[] = [];

afterEach(async () => {
  await Promise.all(ports.splice(0).map((port) => port.close()));
});

/** What becomes of a request that is sent that way, and what can still be read of it. */
async function relay(way: Way): Promise<string> {
  const port = await openHttpPort((request, response) => {
    void relayRequest("sid", request, response, way).then(async (outcome) => {
      response.end(`${outcome}: ${await text(request)}`);
    });
  });
  ports.push(port);
  return (await exchange(port.port, { method: "POST", path: "/", body: "all of it" })).body;
}

describe("a request that is relayed", () => {
  it("leaves its connection to the next one", async () => {
    const owner = await openHttpPort((request, response) => {
      void text(request).then((body) => response.end(`answer to ${body}`));
    });
    const agent = new Agent({ keepAlive: true });
    let connections = 0;
    agent.createConnection = () => {
      connections++;
      return connect(owner.port, "127.0.0.1");
    };
    const first = await openHttpPort((request, response) => {
      void relayRequest("sid", request, response, { agent });
    });
    ports.push(owner, first);
    for (const body of ["1", "2", "3"]) {
      const answer = await exchange(first.port, { method: "POST", path: "/", body });
      expect(answer.body).toBe(`answer to ${body}`);
      await until(() => Object.keys(agent.freeSockets).length === 1, "the connection is free");
    }
    expect(connections).toBe(1);
    agent.destroy();
  });

  it("is whole, for another way, when there was no connection", async () => {
    const agent = new Agent();
    agent.createConnection = (_options, done) => {
      setImmediate(() => done?.(new Error("nobody there"), undefined as never)); // its type knows of no failure
      return undefined;
    };
    expect(await relay({ agent })).toBe("unreached: all of it");
  });
});
