/** What the tests of several packages share. */

// Waiting
export { bounded, type Listenable, nextEvent, until } from "./bounded.ts";
export { Inbox } from "./inbox.ts";

// Servers, requests and raw peers
export { type HttpPort, openHttpPort, openHttpsPort } from "./http-port.ts";
export { authority, clientIdentity, serverIdentity } from "./certificates.ts";
export { exchange, exchangeRaw, type HttpAnswer, type HttpAsk, startExchange } from "./http-exchange.ts";
export { freePort } from "./free-port.ts";
export { noRedis, RedisServer } from "./redis-server.ts";
export { PollingPeer, splitPayload } from "./polling-peer.ts";

// What no lawful client sends
export {
  BROKEN_UPGRADES,
  BROKEN_WEBSOCKET_FRAMES,
  CLOSING_CASES,
  type ClosingCase,
  HARMLESS_CASES,
  type HostileFrame,
  ODD_SESSION_IDS,
  ODD_TARGETS,
  ODD_TRANSPORTS,
  UNJOINED_CASES,
} from "./hostile-cases.ts";

// Between client and server
export { DelayingProxy, type Delays } from "./delaying-proxy.ts";
export { RoundRobinProxy } from "./round-robin-proxy.ts";
export { Switchboard } from "./switchboard.ts";
export { type OnUpgrade, refuseUpgrade, swallowUpgrade, UpgradeProxy } from "./upgrade-proxy.ts";
export { seededRandom } from "./seeded-random.ts";

// Watching
export { ModelStep } from "./model-step.ts";
export { NumberedStream } from "./numbered-stream.ts";
export { ProcessWatch } from "./process-watch.ts";

// Recorded vectors
export { describeValue, tag, untag } from "./tagged-value.ts";
export { type DeliveryConnection, type DeliveryFrame, loadDeliveryVectors } from "./delivery-vectors.ts";
export { loadVectors } from "./vectors.ts";
export type {
  ClientReactionVector,
  HttpVector,
  LiveFramesVector,
  PollingBodyVector,
  RecordedAnswer,
  RecordedRefusal,
  SessionMessage,
  SessionVector,
  UpgradeStep,
  UpgradeVector,
} from "./vectors.ts";
export { type Difference, planReplay, type PlannedVector, type VectorPlan } from "./vector-plan.ts";
