/**
 * What typed events cost the compiler: a map of 150 events that is used 600 times, with the types of Telsiz and with
 * those of Socket.IO. `pnpm types-cost` prints it.
 */
import { Workshop } from "./compiler.ts";

const EVENTS = 150;
const USES = 600;

/** The packages whose types are used, and how their sockets are written. */
const LIBRARIES = {
  Telsiz: { server: "@telsiz/server", client: "@telsiz/client" },
  "Socket.IO": { server: "socket.io", client: "socket.io-client" },
} as const;

/** A library whose types are measured. */
export type Library = keyof typeof LIBRARIES;

/** How many types the compiler instantiates for the map and its uses, without what the imports alone cost. */
export async function instantiationsOf(library: Library): Promise<number> {
  const [used, unused] = [await compile(library, USES), await compile(library, 0)];
  return used - unused;
}

async function compile(library: Library, uses: number): Promise<number> {
  const workshop = new Workshop();
  try {
    workshop.write("program.ts", programOf(library, uses));
    const output = await workshop.compile("--extendedDiagnostics", "--pretty", "false");
    const found = /^Instantiations:\s+(\d+)$/m.exec(output);
    if (found === null || output.includes("error TS")) throw new Error(output.slice(0, 2_000));
    return Number(found[1]);
  } finally {
    workshop.close();
  }
}

function programOf(library: Library, uses: number): string {
  const { server, client } = LIBRARIES[library];
  const imports = `import type { Server, Socket } from "${server}";\nimport type { Socket as Client } from "${client}";\n`;
  if (uses === 0) return `${imports}declare const used: [Server, Socket, Client];\nvoid used;\n`;
  const events = Array.from({ length: EVENTS }, (_, index) =>
    index % 2 === 0
      ? `  e${index}: (text: string, detail: { id: number; tags: string[] }) => void;`
      : `  e${index}: (text: string, ack: (answer: { count: number }) => void) => void;`,
  );
  const lines = Array.from({ length: uses }, (_, index) => useOf(index));
  return `${imports}interface Events {\n${events.join("\n")}\n}
declare const io: Server<Events, Events>;
declare const socket: Socket<Events, Events>;
declare const client: Client<Events, Events>;
${lines.join("\n")}
`;
}

/** Every way to send and to listen, in turn. */
function useOf(index: number): string {
  const event = index % EVENTS;
  const side = index % 3 === 0 ? "socket" : "client";
  if (event % 2 === 0) {
    return [
      `${side}.on("e${event}", (text, detail) => text + detail.tags.join());`,
      `${side}.emit("e${event}", "text", { id: ${index}, tags: [] });`,
      `io.to("room").emit("e${event}", "text", { id: ${index}, tags: [] });`,
      `${side}.once("e${event}", (text) => text.length);`,
    ][Math.floor(index / 2) % 4]!;
  }
  return [
    `${side}.on("e${event}", (text, ack) => ack({ count: text.length }));`,
    `${side}.emit("e${event}", "text", (answer) => answer.count);`,
    `void ${side}.emitWithAck("e${event}", "text");`,
    `${side}.timeout(1).emit("e${event}", "text", (error, answer) => [error, answer.count]);`,
  ][Math.floor(index / 2) % 4]!;
}

if (process.argv[1] === import.meta.filename) {
  for (const library of Object.keys(LIBRARIES) as Library[]) {
    console.log(`${library}: ${await instantiationsOf(library)} instantiations`);
  }
}
