/** What every server program does besides serving: it tells its port and its memory, and ends when that process does. */
import type { AddressInfo, Server } from "node:net";

/** Listens on a free port of the loopback interface and tells the parent process which. */
export function listenAndAnnounce(server: Server): void {
  server.listen(0, "127.0.0.1", 4096, () => {
    process.send?.((server.address() as AddressInfo).port); // a TCP server has a port
  });
  process.on("message", (collected) => process.send?.(collected ? memoryInUse() : process.memoryUsage()));
  process.on("disconnect", () => process.exit());
}

/** What is alive; where the process was started with `--expose-gc`. */
function memoryInUse(): NodeJS.MemoryUsage {
  // What the first collection finalizes, the second one frees.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage();
}
