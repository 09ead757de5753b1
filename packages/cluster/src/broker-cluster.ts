/** A cluster over any broker. */
import type { ClusterFactory } from "@telsiz/adapter";
import type { Broker } from "./broker.ts";
import { ClusterNode } from "./cluster-node.ts";
import { resolvePeer } from "./peer-options.ts";
import { type ClusterOptions, timingOf } from "./timing.ts";

/**
 * Makes servers nodes of one cluster: all those whose brokers bring them each other's frames.
 * @param createBroker called once for each server
 * @throws OptionError
 * @example const io = new Server(3000, { cluster: brokerCluster(() => new MyBroker()) });
 */
export function brokerCluster(createBroker: () => Broker, options: ClusterOptions = {}): ClusterFactory {
  timingOf(options); // refuses at once what it does not accept
  if (options.peer !== undefined) resolvePeer(options.peer);
  return () => new ClusterNode(createBroker(), options);
}
