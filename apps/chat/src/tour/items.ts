/** The eleven items of the tour: what each shows, the code of both halves, and the page's half ready to run. */
import plainPage from "../../plain.html?raw";
import serverSource from "../server/tour.ts?raw";
import * as basicEmit from "./examples/01-basic-emit.ts";
import basicEmitSource from "./examples/01-basic-emit.ts?raw";
import * as anyArguments from "./examples/02-any-arguments.ts";
import anyArgumentsSource from "./examples/02-any-arguments.ts?raw";
import * as binary from "./examples/03-binary.ts";
import binarySource from "./examples/03-binary.ts?raw";
import * as objects from "./examples/04-objects.ts";
import objectsSource from "./examples/04-objects.ts?raw";
import * as callbacks from "./examples/05-callbacks.ts";
import callbacksSource from "./examples/05-callbacks.ts?raw";
import * as promises from "./examples/06-promises.ts";
import promisesSource from "./examples/06-promises.ts?raw";
import * as catchAllIncoming from "./examples/07-catch-all-incoming.ts";
import catchAllIncomingSource from "./examples/07-catch-all-incoming.ts?raw";
import * as catchAllOutgoing from "./examples/08-catch-all-outgoing.ts";
import catchAllOutgoingSource from "./examples/08-catch-all-outgoing.ts?raw";
import * as broadcast from "./examples/09-broadcast.ts";
import broadcastSource from "./examples/09-broadcast.ts?raw";
import * as rooms from "./examples/10-rooms.ts";
import roomsSource from "./examples/10-rooms.ts?raw";
import * as plain from "./examples/11-plain-page.ts";
import plainSource from "./examples/11-plain-page.ts?raw";
import { exampleOf, regionsOf, scriptsOf } from "./source.ts";
import type { Outcome, Stage } from "./stage.ts";

export interface Example {
  expected: Outcome;
  run: (stage: Stage) => Promise<Outcome>;
}

export interface Item {
  number: number;
  title: string;
  /** What is to be seen, in a sentence. */
  story: string;
  example: Example;
  pageCode: string;
  /** Where the other half runs. */
  otherSide: string;
  otherCode: string;
}

const onTheServer = (...regions: string[]): Pick<Item, "otherSide" | "otherCode"> => ({
  otherSide: "On the server",
  otherCode: regionsOf(serverSource, regions),
});

export const items: readonly Item[] = [
  {
    number: 1,
    title: "Emit and listen",
    story: "A name and a value go out with emit, and arrive unchanged at whoever listens to that name.",
    example: basicEmit,
    pageCode: exampleOf(basicEmitSource),
    ...onTheServer("basic-emit"),
  },
  {
    number: 2,
    title: "Any number of arguments",
    story: "Numbers, strings, nested objects and binary travel together in one event, there and back.",
    example: anyArguments,
    pageCode: exampleOf(anyArgumentsSource),
    ...onTheServer("any-arguments"),
  },
  {
    number: 3,
    title: "Binary",
    story: "Whatever holds bytes arrives as a Buffer on the server and as an ArrayBuffer in the page.",
    example: binary,
    pageCode: exampleOf(binarySource),
    ...onTheServer("binary"),
  },
  {
    number: 4,
    title: "Objects as they are",
    story: "An object arrives as an object: nobody has to turn it into text and back.",
    example: objects,
    pageCode: exampleOf(objectsSource),
    ...onTheServer("objects"),
  },
  {
    number: 5,
    title: "Acknowledgements with callbacks",
    story:
      "A function as last argument gets the answer, or an error when none came in time. Both sides may ask.",
    example: callbacks,
    pageCode: exampleOf(callbacksSource),
    ...onTheServer("acknowledgements", "callbacks"),
  },
  {
    number: 6,
    title: "Acknowledgements with promises",
    story: "The same as a promise: it resolves with the answer, and rejects when none came in time.",
    example: promises,
    pageCode: exampleOf(promisesSource),
    ...onTheServer("acknowledgements", "promises"),
  },
  {
    number: 7,
    title: "Catch-all for what comes in",
    story: "onAny is called for every event that arrives, with its name and its arguments.",
    example: catchAllIncoming,
    pageCode: exampleOf(catchAllIncomingSource),
    ...onTheServer("catch-all"),
  },
  {
    number: 8,
    title: "Catch-all for what goes out",
    story: "onAnyOutgoing is called for every event that is sent.",
    example: catchAllOutgoing,
    pageCode: exampleOf(catchAllOutgoingSource),
    ...onTheServer("catch-all"),
  },
  {
    number: 9,
    title: "Broadcasting",
    story: "One emit on the server reaches every connected client, the one that asked for it included.",
    example: broadcast,
    pageCode: exampleOf(broadcastSource),
    ...onTheServer("broadcast"),
  },
  {
    number: 10,
    title: "Rooms",
    story:
      "Exactly the members of a room hear what is sent to it, and exactly the others what is sent to all except it.",
    example: rooms,
    pageCode: exampleOf(roomsSource),
    ...onTheServer("rooms"),
  },
  {
    number: 11,
    title: "From the plainest page",
    story:
      "A page with a script tag, and nothing built, chats with this page, whose client came through a bundler.",
    example: plain,
    pageCode: exampleOf(plainSource),
    otherSide: "In plain.html",
    otherCode: scriptsOf(plainPage),
  },
];
