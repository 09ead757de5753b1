/** Telsiz and the stock packages, talking to each other about all that the overview lists; the full tier has the upgrade, too. */
import { describe } from "vitest";
import { OUR_PAIRINGS } from "../src/peers.ts";
import { interopTests } from "./interop-body.ts";

describe.each(OUR_PAIRINGS)("$name", (pairing) => {
  describe.each(["websocket", "polling"] as const)("over %s", (choice) => interopTests(pairing, choice));
});
