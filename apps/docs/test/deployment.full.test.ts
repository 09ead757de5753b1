/** The configurations of the deployment guide, in front of two servers of it: the real programs, on free ports. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { io, type Socket } from "@telsiz/client";
import { freePort, until } from "@telsiz/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { snippetsOf } from "../src/snippets.ts";

const page = readFileSync(new URL("../../../docs/deployment.md", import.meta.url), "utf8");
const required = process.env["TELSIZ_REQUIRE_SERVICES"] === "1";

/** How each program is run in the foreground with a configuration, how it says its version, and where that has its servers. */
const PROXIES = [
  {
    name: "nginx",
    file: "nginx.conf",
    version: ["-v"],
    start: (file: string, folder: string) => [
      ...["-p", folder, "-c", file, "-e", "stderr"],
      ...["-g", "daemon off; error_log stderr error; pid nginx.pid;"],
    ],
    adapt: (text: string) => text.replace("http {", `http {\n${NGINX_FOLDERS}`),
    servers: /^ {2}upstream[^}]*\}/m,
  },
  {
    name: "haproxy",
    file: "haproxy.cfg",
    version: ["-v"],
    start: (file: string) => ["-db", "-f", file],
    adapt: (text: string) => text,
    servers: /^backend[^]*/m,
  },
];

/** Those of the distribution are for root alone. */
const NGINX_FOLDERS = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((name) => `  ${name}_temp_path ${name};\n`)
  .concat("  access_log off;\n")
  .join("");

/** Two servers of a cluster: in one process, where they share a hub. */
const CLUSTER = `
import { createServer } from "node:http";
import { memoryCluster, MemoryHub } from "@telsiz/cluster";
import { Server } from "@telsiz/server";

const hub = new MemoryHub();
for (const port of process.env["PORTS"].split(" ")) {
  const http = createServer((request, response) => {
    response.statusCode = request.url === "/health" ? 200 : 404;
    response.end();
  });
  const io = new Server(http, { cluster: memoryCluster(hub) });
  io.on("connection", (socket) => {
    socket.on("whoami", (answer) => answer({ seen: socket.handshake.headers["x-forwarded-for"], server: port }));
  });
  http.listen(Number(port), "127.0.0.1");
}
`;

const children: ChildProcess[] = [];
const ports = { "8080": 0, "3001": 0, "3002": 0 };
const clusterPorts = { "8080": 0, "3001": 0, "3002": 0 };
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "telsiz-deployment-"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
  symlinkSync(modules, join(folder, "node_modules"), "dir");
  writeFileSync(join(folder, "server.ts"), codeOf("server.ts"));
  ports["3001"] = await startServer();
  ports["3002"] = await startServer();
  writeFileSync(join(folder, "cluster.ts"), CLUSTER);
  await startCluster();
}, 120_000);

afterAll(async () => {
  await Promise.all(children.map((child) => stop(child, "SIGKILL"))); // they would drain first
  rmSync(folder, { recursive: true, force: true });
});

describe.each(PROXIES)("$name, as the guide sets it up", (program) => {
  const { name, file, version, start, adapt, servers } = program;
  const missing = spawnSync(name, version).error !== undefined && !required;
  describe.skipIf(missing)(`(needs ${name})`, () => {
    let proxy: ChildProcess;
    let clusterProxy: ChildProcess;

    beforeAll(async () => {
      ports["8080"] = await freePort();
      clusterPorts["8080"] = await freePort();
      proxy = run(codeOf(file), file, ports);
      const cluster = codeOf(file).replace(servers, codeOf(`${file}, a cluster`));
      clusterProxy = run(cluster, `cluster-${file}`, clusterPorts);
      await Promise.all([listening(ports["8080"]), listening(clusterPorts["8080"])]);
    });
    afterAll(() => Promise.all([stop(proxy, "SIGTERM"), stop(clusterProxy, "SIGTERM")])); // they end their workers, too

    function run(configuration: string, to: string, at: Ports): ChildProcess {
      const path = join(folder, to);
      const own = `nginx-${at["8080"]}.pid`;
      writeFileSync(path, `${adapt(withPorts(configuration, at))}\n`);
      return launch(
        name,
        start(path, folder).map((argument) => argument.replace("nginx.pid", own)),
      );
    }

    it.each([
      ["polling", ["polling"], "polling"],
      ["WebSocket", ["websocket"], "websocket"],
      ["polling that moves to WebSocket", ["polling", "websocket"], "websocket"],
    ] as const)("lets %s through", async (_name, transports, last) => {
      const socket = open({ transports });
      const answer = await whoAmI(socket);
      expect(answer.seen).toBe("127.0.0.1");
      await until(() => socket.io.engine.transport.name === last, `it is on ${last}`);
      expect((await whoAmI(socket)).server).toBe(answer.server);
      socket.disconnect();
    });

    it.each([
      ["polling", ["polling"], "polling"],
      ["WebSocket", ["websocket"], "websocket"],
      ["polling that moves to WebSocket", ["polling", "websocket"], "websocket"],
    ] as const)("lets %s through, whichever server is asked", async (_name, transports, last) => {
      const servers = new Set<unknown>();
      for (let count = 0; count < 4 || servers.size < 2; count++) {
        // Sessions that have an even number of requests each would begin at the same server.
        if (count % 2 === 1) await fetch(`http://127.0.0.1:${clusterPorts["8080"]}/socket.io/`);
        const socket = open({ transports }, clusterPorts);
        const answer = await whoAmI(socket);
        expect(answer.seen).toBe("127.0.0.1");
        await until(() => socket.io.engine.transport.name === last, `it is on ${last}`);
        for (let round = 0; round < 3; round++) expect(await whoAmI(socket)).toEqual(answer);
        servers.add(answer.server);
        socket.disconnect();
      }
    });

    it("adds whom it saw to what a client says of itself", async () => {
      const socket = open({ extraHeaders: { "x-forwarded-for": "1.2.3.4" } });
      expect((await whoAmI(socket)).seen).toBe("1.2.3.4, 127.0.0.1");
      socket.disconnect();
    });

    it("lets pages of its own host send cookies, and those of others not", async () => {
      const own = open({ extraHeaders: { cookie: "a=1", origin: `http://127.0.0.1:${ports["8080"]}` } });
      await whoAmI(own);
      own.disconnect();
      const other = open({ extraHeaders: { cookie: "a=1", origin: "http://example.com" } });
      const refused = new Promise<Error>((resolve) => other.once("connect_error", resolve));
      expect(await refused).toMatchObject({ message: expect.any(String) as string });
      other.disconnect();
    });
  });
});

function codeOf(title: string): string {
  const code = snippetsOf(page).find((snippet) => snippet.title === title)?.code;
  if (code === undefined) throw new Error(`the guide has no ${title}`);
  return code;
}

type Ports = Readonly<Record<"8080" | "3001" | "3002", number>>;

function withPorts(text: string, ports: Ports): string {
  return Object.entries(ports).reduce((result, [port, free]) => result.replaceAll(port, String(free)), text);
}

function open(options: object, at: Ports = ports): Socket {
  return io(`http://127.0.0.1:${at["8080"]}`, { forceNew: true, withCredentials: true, ...options });
}

async function whoAmI(socket: Socket): Promise<{ seen: string; server: number }> {
  return (await socket.timeout(20_000).emitWithAck("whoami")) as { seen: string; server: number };
}

async function startServer(): Promise<number> {
  const port = await freePort();
  launchProgram("server.ts", { PORT: String(port) });
  await listening(port);
  return port;
}

async function startCluster(): Promise<void> {
  clusterPorts["3001"] = await freePort();
  clusterPorts["3002"] = await freePort();
  launchProgram("cluster.ts", { PORTS: `${clusterPorts["3001"]} ${clusterPorts["3002"]}` });
  await Promise.all([listening(clusterPorts["3001"]), listening(clusterPorts["3002"])]);
}

function launchProgram(file: string, variables: NodeJS.ProcessEnv): void {
  launch(process.execPath, ["--conditions=@telsiz/source", "--import", "tsx", file], variables);
}

function launch(program: string, args: string[], variables: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = { ...process.env, ...variables };
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  children.push(child);
  return child;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** Resolves when somebody takes connections at a port. */
async function listening(port: number): Promise<void> {
  let open = false;
  const attempt = (): void => {
    const probe = createConnection(port, "127.0.0.1");
    probe.once("connect", () => {
      open = true;
      probe.destroy();
    });
    probe.once("error", () => (timer = setTimeout(attempt, 50)));
  };
  let timer: NodeJS.Timeout | undefined;
  attempt();
  await until(() => open, `port ${port} is open`).finally(() => clearTimeout(timer));
}
