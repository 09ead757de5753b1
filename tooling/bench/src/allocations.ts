/** What a server allocates for a message: bytes of JavaScript's heap, garbage for the most part, which the collector has to clear away. */
import { clientFrame, repeated } from "./client-frame.ts";
import { openClients } from "./client-pool.ts";
import { buildProgram } from "./program.ts";
import type { Peer } from "./peer.ts";
import { ServerProcess } from "./server-process.ts";

/** Messages that are sent together, each time when the ones before are answered. */
const BATCH = 16;
/** Until the code that runs is the compiled one. */
const LEAD_IN_BATCHES = 2000;
const BATCHES = 1000;

/** So much young garbage that the collector does not run in between, in MiB: then the heap has grown by what was allocated. */
const YOUNG_MIB = "256";

/** Bytes for each of the echoes of `text` that one client asks for. */
export async function measureAllocations({ program, dialect }: Peer, text: string): Promise<number> {
  const server = await ServerProcess.start({
    program: await buildProgram(program),
    runtime: process.execPath,
    runtimeOptions: [
      "--expose-gc",
      `--min-semi-space-size=${YOUNG_MIB}`,
      `--max-semi-space-size=${YOUNG_MIB}`,
    ],
    args: [],
  });
  let missing = 0;
  let done = (): void => {};
  const [client] = await openClients(
    1,
    { port: server.port, dialect },
    {
      onMessages(_client, count) {
        missing -= count;
        if (missing === 0) done();
      },
      onClosed() {},
    },
  );
  const batch = repeated(clientFrame("text", `42["echo","${text}"]`), BATCH);
  const exchange = async (batches: number): Promise<void> => {
    for (let sent = 0; sent < batches; sent++) {
      missing = BATCH;
      await new Promise<void>((resolve) => {
        done = resolve;
        client!.send(batch);
      });
    }
  };
  await exchange(LEAD_IN_BATCHES);
  const before = await server.memory();
  await exchange(BATCHES);
  const after = await server.memory(false);
  client!.destroy();
  await server.stop();
  return (after.heapUsed - before.heapUsed) / (BATCHES * BATCH);
}
