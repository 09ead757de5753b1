/** What every server program does besides serving: it tells its port and its memory, or something else, and ends when that process does. */
import type { AddressInfo, Server } from "node:net";

/**
 * Listens on a free port of the loopback interface and tells the parent process which.
 * @param answer to what that process asks later; by default whether memory is to be told after a collection
 */
export function listenAndAnnounce(server: Server, answer: (question: unknown) => unknown = memory): void {
  server.listen(0, "127.0.0.1", 4096, () => {
    process.send?.((server.address() as AddressInfo).port); // a TCP server has a port
  });
  process.on("message", (question) => {
    void Promise.resolve(answer(question)).then((given) => process.send?.(given));
  });
  process.on("disconnect", () => process.exit());
}

function memory(collected: unknown): NodeJS.MemoryUsage {
  return collected === true ? memoryInUse() : process.memoryUsage();
}

/** What is alive; where the process was started with `--expose-gc`. */
function memoryInUse(): NodeJS.MemoryUsage {
  // What the first collection finalizes, the second one frees.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage();
}
