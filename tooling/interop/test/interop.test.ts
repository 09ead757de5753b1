/** Telsiz and the stock packages, talking to each other about all that the overview lists. */
import { describe } from "vitest";
import { OUR_PAIRINGS, TRANSPORT_CHOICES, type TransportChoice } from "../src/peers.ts";
import { interopTests } from "./interop-body.ts";

const choices = Object.keys(TRANSPORT_CHOICES) as TransportChoice[];

describe.each(OUR_PAIRINGS)("$name", (pairing) => {
  describe.each(choices)("over %s", (choice) => interopTests(pairing, choice));
});
