import { describe, expect, it } from "vitest";
import { bundleClient, PROGRAMS } from "../src/client-bundle.ts";

const transportFiles = (files: readonly string[]): string[] =>
  files
    .filter((file) => /transports\/(?!transport\.ts|receive\.ts)|upgrade\.ts|payload\.ts/.test(file))
    .sort();

describe("a bundle of the client for browsers", () => {
  it("holds WebSocket and nothing of polling, where the program imports @telsiz/client/websocket", async () => {
    const { code, files } = await bundleClient(PROGRAMS["WebSocket alone"].text);
    expect(transportFiles(files)).toEqual([
      "engine/src/client/transports/browser-websocket.ts",
      "engine/src/client/transports/websocket.ts",
    ]);
    expect(code.match(/XMLHttpRequest|\bfetch\(|probe/)).toBeNull();
  });

  it("holds just the classes that a program adds to that entry", async () => {
    const { code, files } = await bundleClient(PROGRAMS["WebSocket, then polling"].text);
    expect(transportFiles(files)).toEqual([
      "engine/src/client/transports/batch.ts",
      "engine/src/client/transports/browser-websocket.ts",
      "engine/src/client/transports/fetch.ts",
      "engine/src/client/transports/polling.ts",
      "engine/src/client/transports/websocket.ts",
      "engine/src/client/upgrade.ts",
      "engine/src/shared/payload.ts",
    ]);
    expect(code.match(/XMLHttpRequest/)).toBeNull();
  });

  it("holds nothing of contracts, where the program has none", async () => {
    const contractFiles = async (text: string): Promise<string[]> =>
      (await bundleClient(text)).files.filter((file) => file.startsWith("events/src/contract/"));
    expect(await contractFiles(PROGRAMS["every transport"].text)).toEqual([]);
    expect(await contractFiles(`import { io } from "@telsiz/client"; io().handle("a", () => 1);`)).toEqual(
      [],
    );
    expect(await contractFiles(PROGRAMS["every transport and a contract"].text)).toEqual(
      expect.arrayContaining(
        ["contract.ts", "gate.ts", "rules.ts"].map((name) => `events/src/contract/${name}`),
      ),
    );
  });

  it("holds nothing of AsyncAPI, with a contract or without", async () => {
    for (const { text } of Object.values(PROGRAMS)) {
      const { files } = await bundleClient(text);
      expect(files.filter((file) => file.startsWith("events/src/asyncapi/"))).toEqual([]);
    }
    const { files } = await bundleClient(
      `import { toAsyncAPI } from "@telsiz/events/asyncapi"; console.log(toAsyncAPI);`,
    );
    expect(files).toContain("events/src/asyncapi/document.ts");
  });

  it("names its errors as their classes are named, though it is minified", async () => {
    const { code } = await bundleClient(
      `import { io, NotSentError } from "@telsiz/client";
const failure = (act) => { try { act(); } catch (error) { return error; } };
export const errors = [failure(() => io({ ackTimeout: "soon" })), new NotSentError("hello")];`,
    );
    const { errors } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      errors: readonly Error[];
    };
    expect(errors.map(({ name, constructor }) => [name, constructor.name.length < 3])).toEqual([
      ["OptionError", true],
      ["NotSentError", true],
    ]);
  });

  it("holds nothing that logs, but where the program imports @telsiz/client/debug", async () => {
    const logging = [
      "engine/src/client/client-log.ts",
      "engine/src/shared/packet-line.ts",
      "events/src/logs.ts",
    ];
    const loggingFiles = async (text: string): Promise<string[]> =>
      (await bundleClient(text)).files.filter((file) => logging.includes(file)).sort();
    for (const { text } of Object.values(PROGRAMS)) expect(await loggingFiles(text)).toEqual([]);
    expect(await loggingFiles(`import { io } from "@telsiz/client/debug"; io();`)).toEqual(logging);
  });

  it.each(Object.entries(PROGRAMS))(
    "stays within its budget with %s",
    async (_name, { text, budgetBytes }) => {
      const { gzippedBytes } = await bundleClient(text);
      expect(gzippedBytes).toBeLessThanOrEqual(budgetBytes);
    },
  );

  it("holds nothing of Node.js, and is smaller by each transport that is left out", async () => {
    const full = await bundleClient(PROGRAMS["every transport"].text);
    const { gzippedBytes } = await bundleClient(PROGRAMS["WebSocket alone"].text);
    expect(full.files).toContain("engine/src/client/transports/polling.ts");
    expect(full.files.filter((file) => file.includes("node"))).toEqual([]);
    expect(full.code.match(/node:|from"ws"/)).toBeNull();
    expect(gzippedBytes).toBeLessThan(full.gzippedBytes);
  });
});
