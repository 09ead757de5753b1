/** Another language: python-socketio 5 with our server and our client, and with the stock ones, for which the same has to hold. */
import { describe } from "vitest";
import {
  ourClient,
  ourServer,
  stockClient,
  stockServer,
  TRANSPORT_CHOICES,
  type TransportChoice,
} from "../src/peers.ts";
import { noPython } from "../src/python-peer.ts";
import { pythonClientTests } from "./python-client-body.ts";
import { pythonServerTests } from "./python-server-body.ts";

const choices = Object.keys(TRANSPORT_CHOICES) as TransportChoice[];

describe.skipIf(noPython)("a Python client for threads (needs python3-socketio)", () => {
  describe.each(choices)("over %s", (choice) => pythonClientTests(ourServer, "threads", choice));
});

describe.skipIf(noPython)("a Python client with the stock server (needs python3-socketio)", () => {
  describe.each(choices)("over %s", (choice) => pythonClientTests(stockServer, "asyncio", choice));
});

describe.skipIf(noPython)("the stock client with a Python server (needs python3-socketio)", () => {
  describe.each(choices)("over %s", (choice) => pythonServerTests(stockClient, choice));
});

describe.skipIf(noPython)("a Python client for asyncio (needs python3-socketio)", () => {
  describe.each(choices)("over %s", (choice) => pythonClientTests(ourServer, "asyncio", choice));
});

describe.skipIf(noPython)("our client with a Python server (needs python3-socketio)", () => {
  describe.each(choices)("over %s", (choice) => pythonServerTests(ourClient, choice));
});
