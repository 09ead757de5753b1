/** Says what is wrong with what a simulation did: something lost in silence, doubled, or out of order. */
import type { NodeId } from "../../src/node-id.ts";
import type { Listening, Published, SimulatedProcess } from "./process.ts";

/**
 * What a cluster must not do, in words. Empty when all is well.
 * @param keepsAll whether publishers keep all that they have published
 */
export function faultsOf(processes: readonly SimulatedProcess[], keepsAll: boolean): string[] {
  const faults: string[] = [];
  for (const receiver of processes) {
    for (const error of receiver.errors) faults.push(`${receiver.node} reported ${String(error)}`);
    if (keepsAll && receiver.gaps.some(({ reason }) => reason === "overrun")) {
      faults.push(`${receiver.node} reported that something is not kept, which is`);
    }
    for (const publisher of processes) {
      if (publisher === receiver) continue;
      checkOrder(receiver, publisher, faults);
      if (receiver.state !== "running") continue;
      for (const [channel, listening] of receiver.listening) {
        checkLost(receiver, publisher, channel, listening, faults);
      }
    }
  }
  return faults;
}

function checkOrder(receiver: SimulatedProcess, { node }: SimulatedProcess, faults: string[]): void {
  const last = new Map<string, number>();
  for (const { channel, seq, node: from } of receiver.delivered) {
    if (from !== node) continue;
    const before = last.get(channel) ?? 0;
    if (seq <= before) faults.push(`${receiver.node} got ${seq} of ${node} in ${channel} after ${before}`);
    last.set(channel, seq);
  }
}

function checkLost(
  receiver: SimulatedProcess,
  publisher: SimulatedProcess,
  channel: string,
  listening: Listening | undefined,
  faults: string[],
): void {
  const { node } = publisher;
  const delivered = receiver.delivered.filter((item) => item.node === node && item.channel === channel);
  const got = new Set(delivered.map(({ seq }) => seq));
  const isOwed = owed(receiver, node, channel, listening);
  const missing = publisher.published.filter(
    (item) => item.channel === channel && !got.has(item.seq) && isOwed(item),
  );
  let covered = 0;
  for (const gap of receiver.gaps) if (gap.node === node && gap.channel === channel) covered += gap.lost ?? 0;
  if (missing.length > covered) {
    const numbers = missing.map(({ seq }) => seq).join(", ");
    faults.push(`${receiver.node} lost ${numbers} of ${node} in ${channel}; gaps cover ${covered}`);
  }
}

/**
 * What a receiver must get: what was published once it listened for certain, if it knew the publisher then; otherwise, what
 * came behind the first that it got. A gap that names no channel covers all that was published before it.
 */
function owed(
  receiver: SimulatedProcess,
  node: NodeId,
  channel: string,
  listening: Listening | undefined,
): (item: Published) => boolean {
  let covered = -Infinity;
  let forgotten = -Infinity;
  for (const { node: of, channel: where, reason, at } of receiver.gaps) {
    if (of !== node || where !== undefined) continue;
    covered = Math.max(covered, at);
    if (reason === "return") forgotten = at;
  }
  const first = receiver.delivered.find(
    (item) => item.node === node && item.channel === channel && item.at > forgotten,
  );
  const isKnown = listening?.known.has(node) === true && listening.since > forgotten;
  return ({ seq, at }) => {
    if (at <= covered) return false;
    return (isKnown && at > listening.since) || (first !== undefined && seq > first.seq);
  };
}
