/** What every pairing of client and server does over every transport: one body for each topic. */
import type { Pairing, TransportChoice } from "../src/peers.ts";
import { acksTests } from "./interop/acks-body.ts";
import { broadcastTests } from "./interop/broadcast-body.ts";
import { catchAllTests } from "./interop/catch-all-body.ts";
import { endingsTests } from "./interop/endings-body.ts";
import { eventsTests } from "./interop/events-body.ts";
import { middlewaresTests } from "./interop/middlewares-body.ts";
import { namespacesTests } from "./interop/namespaces-body.ts";
import { reconnectionTests } from "./interop/reconnection-body.ts";
import { useStage } from "./stage.ts";

/** Asserts that a pairing does over a transport what both packages of Socket.IO do. */
export function interopTests(pairing: Pairing, choice: TransportChoice): void {
  const stage = useStage(pairing, choice);
  eventsTests(stage);
  acksTests(stage);
  catchAllTests(stage);
  broadcastTests(stage);
  namespacesTests(stage);
  middlewaresTests(stage);
  endingsTests(stage);
  reconnectionTests(stage);
}
