/** Options that belong together, to be spread: `new Server({ ...presets.hardened, ...own })` (docs/security.md). */
import type { ServerOptions } from "./options.ts";
import type { ConnectionStateRecoveryOptions } from "./recovery-options.ts";

/** As Socket.IO 4.8 does it, wherever the defaults are stricter: for programs that rely on what it lets pass. */
const socketio = {
  handlerErrors: "throw",
  cleanupEmptyChildNamespaces: false,
  checkOrigin: false,
  limits: {
    maxDepth: 1_000, // the most that there is: Socket.IO has no limit, and is ended by a packet of 4,100 levels
    maxPacketBytes: Infinity,
    exactAttachments: false,
    maxNamespaceLength: Infinity,
    attachmentTimeout: Infinity,
    maxNamespacesPerConnection: Infinity,
    maxBufferedBytes: Infinity,
    maxPendingAcks: Infinity,
    bodyTimeout: 300_000, // that of Node.js
    maxFragments: 131_072,
    maxBufferedChunks: 1_048_576,
    largeBodyEndsSession: false,
  },
} satisfies ServerOptions;

/** What `connectionStateRecovery` takes to be as in Socket.IO. It is not part of `socketio`, as it would turn it on. */
const socketioRecovery = {
  skipMiddlewares: true,
  maxPackets: Infinity,
  maxBytes: Infinity,
} satisfies ConnectionStateRecoveryOptions;

/** For servers that are attacked, and whose clients send small messages: less of everything. */
const hardened = {
  connectTimeout: 10_000,
  upgradeTimeout: 5_000,
  maxHttpBufferSize: 100_000,
  serveClient: false,
  limits: {
    maxDepth: 32,
    maxAttachments: 4,
    maxPacketBytes: 400_000,
    maxNamespaceLength: 128,
    attachmentTimeout: 10_000,
    maxNamespacesPerConnection: 10,
    connectsPerSecond: 5,
    maxBufferedBytes: 1_048_576,
    maxPendingAcks: 1_000,
    bodyTimeout: 10_000,
    maxFragments: 1_024,
    maxBufferedChunks: 4_096,
    maxConnectionsPerAddress: 100, // behind a proxy it needs trustProxy
    maxEventLoopDelay: 1_000,
  },
} satisfies ServerOptions;

/** The type of {@link presets}. */
export interface Presets {
  /** As Socket.IO 4.8 does it, wherever the defaults are stricter: for programs that rely on what it lets pass. */
  readonly socketio: ServerOptions;
  /** As Socket.IO 4.8 recovers lost connections; to be spread into `connectionStateRecovery`. */
  readonly socketioRecovery: ConnectionStateRecoveryOptions;
  /** For servers that are attacked, and whose clients send small messages: less of everything. */
  readonly hardened: ServerOptions;
}

/**
 * Plain objects of options, to be spread. `limits` of your own takes the place of theirs: spread that, too.
 * @example const io = new Server(httpServer, { ...presets.hardened, cors: { origin: "https://example.com" } });
 * @example const limits = { ...presets.hardened.limits, maxDepth: 64 };
 */
export const presets: Presets = { socketio, socketioRecovery, hardened };
