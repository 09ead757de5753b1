/** The servers that are measured side by side. */
import type { Dialect } from "./client.ts";
import { bun as bunProgram, type NativePackage, uws as uwsModule } from "./native-package.ts";

/** A server program. */
export interface Peer {
  readonly name: string;
  /** The program's file, beside this one. */
  readonly program: string;
  /** Arguments for it. */
  readonly args?: readonly string[];
  /** What its clients have to speak. */
  readonly dialect: Dialect;
  /** A package that is not in the workspace: what runs the program, or a module that it is given the path of. */
  readonly needs?: { readonly package: NativePackage; readonly as: "runtime" | "module" };
}

/** Ours. */
export const telsiz: Peer = { name: "telsiz", program: "servers/telsiz.ts", dialect: "socket.io" };

/** Ours, sending at once. */
export const telsizAtOnce: Peer = { ...telsiz, name: "telsiz at once", args: ["--flush-at-once"] };

/** Ours with a contract, by what its validators are; `zod, off` is asked to check nothing. */
export const withContract: readonly Peer[] = ["types", "zod", "valibot", "zod, off"].map((validators) => ({
  name: `contract: ${validators}`,
  program: "servers/contract.ts",
  args: validators.split(", "),
  dialect: "socket.io",
}));

/** What all ratios refer to. */
export const socketIo: Peer = { name: "socket.io", program: "servers/socket-io.ts", dialect: "socket.io" };

/** Both, compressing for clients that offer it. */
export const deflating: readonly Peer[] = [telsiz, socketIo].map((peer) => ({
  ...peer,
  args: ["--deflate"],
}));

/** No protocol: `ws` as most would use it, its broadcasts as frames built once. */
export const rawWs: Peer = { name: "raw ws", program: "servers/raw-ws.ts", dialect: "bare" };

/** The floor of Node.js: frames on a bare socket, nothing checked. */
export const bareNet: Peer = { name: "bare net", program: "servers/bare-net.ts", dialect: "bare" };

/** No protocol, and not the sockets of Node.js. */
export const uws: Peer = {
  name: "uWebSockets",
  program: "servers/uws.ts",
  dialect: "bare",
  needs: { package: uwsModule, as: "module" },
};

/** No protocol, and not Node.js. */
export const bun: Peer = {
  name: "Bun",
  program: "servers/bun.ts",
  dialect: "bare",
  needs: { package: bunProgram, as: "runtime" },
};
