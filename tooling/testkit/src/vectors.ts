/** The recorded exchanges between the published packages of Socket.IO 4.8.4, by section. */
import { readFileSync } from "node:fs";

/** A refusal as `connection_error` told it. */
export interface RecordedRefusal {
  readonly code: number;
  readonly message: string;
  readonly context: unknown;
}

/** One request to the server, and its answer. */
export interface HttpVector {
  readonly id: string;
  readonly description: string;
  readonly serverOptions?: Readonly<Record<string, unknown>>;
  readonly request: {
    readonly path: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly upgrade?: "websocket";
  };
  readonly response: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    /** All bytes that came back. */
    readonly raw?: string;
    readonly refused?: boolean;
    readonly opened?: boolean;
    readonly frames?: readonly string[];
    readonly closeCode?: number;
    readonly clientError?: string;
    readonly readyState?: number;
  };
  readonly connection_error?: readonly RecordedRefusal[];
}

/** Frames to a server over WebSocket, and what came of them. */
export interface LiveFramesVector {
  readonly id: string;
  readonly description: string;
  readonly frames: readonly unknown[];
  readonly serverOptions: Readonly<Record<string, unknown>>;
  readonly framesBack: readonly string[];
  readonly closeCode: number | "still open";
  readonly serverDisconnect?: string;
  readonly events?: readonly unknown[];
  readonly errorEvent?: readonly string[];
}

/** An answer to a request, as recorded. */
export interface RecordedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly pending?: boolean;
}

/** The body of a POST in a polling session, and what came of it. */
export interface PollingBodyVector {
  readonly id: string;
  readonly description: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly postResponse: RecordedAnswer;
  /** What became of the GET that was waiting. */
  readonly pendingGet: RecordedAnswer;
  readonly sessionAlive: boolean;
  readonly events?: readonly unknown[];
  readonly serverDisconnect?: { readonly reason: string; readonly description?: string };
}

/** Frames to a client over WebSocket, and what came of them. */
export interface ClientReactionVector {
  readonly id: string;
  readonly description: string;
  readonly handshake?: string;
  readonly framesFromServer: readonly unknown[];
  readonly clientOptions: Readonly<Record<string, unknown>>;
  readonly clientEvents: readonly Readonly<Record<string, unknown>>[];
  readonly framesFromClient: readonly unknown[];
  readonly connectedAfter: boolean;
  readonly activeAfter: boolean;
}

/** One step of an {@link UpgradeVector}: of the client (`c`), seen by it (`s`), or seen by the server. */
export interface UpgradeStep {
  readonly c?: "POST" | "GET" | "ws frame";
  readonly s?:
    "POST answer" | "GET answer" | "ws open?" | "ws frame" | "ws closed" | "ws2 open?" | "ws2 closed";
  readonly server?: "upgrading" | "upgrade" | "event";
  readonly body?: string;
  readonly status?: number;
  readonly value?: unknown;
  readonly to?: string;
  readonly code?: number;
  readonly readyState?: number;
}

/** A session that moves, or tries to, from polling to WebSocket. */
export interface UpgradeVector {
  readonly id: string;
  readonly description: string;
  readonly serverOptions: Readonly<Record<string, unknown>>;
  readonly steps: readonly UpgradeStep[];
  readonly finalState: {
    readonly readyState: string;
    readonly transport: string;
    readonly upgraded: boolean;
    readonly upgrading: boolean;
  };
}

/** One line of a {@link SessionVector}. */
export interface SessionMessage {
  readonly dir: "C>S" | "S>C" | "NOTE";
  readonly kind?:
    "http-request" | "http-response" | "ws-upgrade-request" | "ws-upgrade-response" | "ws-frame" | "ws-close";
  /** Which WebSocket it belongs to. */
  readonly ws?: number;
  readonly method?: string;
  readonly status?: number;
  readonly url?: string;
  readonly body?: string;
  readonly text?: string;
  readonly binary?: string;
  readonly actor?: "client" | "server";
  readonly event?: string;
  readonly value?: unknown;
}

/** All that an application sent and received, recorded between client and server. */
export interface SessionVector {
  readonly name: string;
  readonly description: string;
  readonly serverOptions: Readonly<Record<string, unknown>>;
  readonly clientOptions: Readonly<Record<string, unknown>>;
  readonly messages: readonly SessionMessage[];
}

interface Sections {
  "http-exchanges": HttpVector;
  "live-frames": LiveFramesVector;
  "polling-bodies": PollingBodyVector;
  "client-reactions": ClientReactionVector;
  "upgrade-cases": UpgradeVector;
  sessions: SessionVector;
}

/** The entries of one section. */
export function loadVectors<K extends keyof Sections>(section: K): readonly Sections[K][] {
  const file = new URL(`../vectors/${section}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Sections[K][];
}
