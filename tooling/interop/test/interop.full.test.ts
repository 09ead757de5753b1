/** As interop.test.ts, through an upgrade; and the stock packages among themselves: what we ask of others has to hold for them. */
import { describe } from "vitest";
import { OUR_PAIRINGS, STOCK_PAIRING, TRANSPORT_CHOICES, type TransportChoice } from "../src/peers.ts";
import { interopTests } from "./interop-body.ts";

const choices = Object.keys(TRANSPORT_CHOICES) as TransportChoice[];

describe.each(OUR_PAIRINGS)("$name over upgrade", (pairing) => interopTests(pairing, "upgrade"));
describe.each(choices)(`${STOCK_PAIRING.name} over %s`, (choice) => interopTests(STOCK_PAIRING, choice));
