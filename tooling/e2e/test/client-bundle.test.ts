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

  it("holds of contracts just what handlers answer with and the check of options, where the program has none", async () => {
    const contractFiles = async (text: string): Promise<string[]> =>
      (await bundleClient(text)).files.filter((file) => file.startsWith("events/src/contract/")).sort();
    const always = ["codes.ts", "envelope.ts", "errors.ts", "negotiation.ts", "options.ts"];
    const paths = (names: string[]): string[] => names.map((name) => `events/src/contract/${name}`).sort();
    const plain = PROGRAMS["every transport"];
    const withContract = PROGRAMS["every transport and a contract"];
    expect(await contractFiles(plain.text)).toEqual(paths(always));
    expect(await contractFiles(`import { io } from "@telsiz/client"; io().handle("a", () => 1);`)).toEqual(
      paths(always),
    );
    expect(await contractFiles(withContract.text)).toEqual(
      expect.arrayContaining(paths([...always, "contract.ts", "gate.ts", "rules.ts"])),
    );
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
