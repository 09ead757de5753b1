/** What every server program does besides serving: it tells its port, and ends when that process does. */
import type { AddressInfo, Server } from "node:net";

/** Listens on a free port of the loopback interface and tells the parent process which. */
export function listenAndAnnounce(server: Server): void {
  server.listen(0, "127.0.0.1", 4096, () => {
    process.send?.((server.address() as AddressInfo).port); // a TCP server has a port
  });
  process.on("disconnect", () => process.exit());
}
