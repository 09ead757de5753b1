/** Prints what an idle connection takes of a server's memory: `pnpm bench:memory [connections]`. */
import { measureIdleMemory } from "./idle-memory.ts";
import { affordableConnections, openFileLimit } from "./open-files.ts";
import { bareNet, rawWs, socketIo, telsiz } from "./peer.ts";

const servers = [
  { name: socketIo.name, peer: socketIo },
  { name: telsiz.name, peer: telsiz },
  { name: "telsiz, requests dropped", peer: telsiz, options: ["--no-request"] },
  { name: rawWs.name, peer: rawWs },
  { name: bareNet.name, peer: bareNet },
];

const connections = affordableConnections(Number(process.argv[2] ?? 5000), 1, openFileLimit());
console.log(`${connections} idle connections, KiB for each:`);
for (const { name, peer, options } of servers) {
  const { heap, resident } = await measureIdleMemory(peer, connections, options);
  console.log(`${name}: ${(heap / 1024).toFixed(2)} heap, ${(resident / 1024).toFixed(1)} resident`);
}
