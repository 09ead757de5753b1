/** A stream of messages through the upgrade, with the delays of one seed; the full tier has many. */
import { describe } from "vitest";
import { OUR_PAIRINGS } from "../src/peers.ts";
import { upgradeStreamTests } from "./upgrade-stream-body.ts";

describe.each(OUR_PAIRINGS)("$name", (pairing) => upgradeStreamTests(pairing, [1]));
