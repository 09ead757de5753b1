/** A stream of messages through the upgrade, with the delays of many seeds. */
import { describe } from "vitest";
import { OUR_PAIRINGS, STOCK_PAIRING } from "../src/peers.ts";
import { upgradeStreamTests } from "./upgrade-stream-body.ts";

const seeds = Array.from({ length: 30 }, (_, n) => n + 2);

describe.each([STOCK_PAIRING, ...OUR_PAIRINGS])("$name", (pairing) => upgradeStreamTests(pairing, seeds));
