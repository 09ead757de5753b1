/**
 * Which entries each package under packages/ may import: the one-way graph that CONTRIBUTING.md draws.
 * An entry is what follows "@telsiz/". A package that is missing here has no borders, and a test says so.
 *
 * @type {Record<string, readonly string[]>}
 */
export const packageGraph = {
  events: [],
  parser: [],
  engine: ["events"],
  socket: ["events", "parser"],
  adapter: ["events", "parser"],
  cluster: ["adapter", "events", "parser"],
  // Its own entry: which files a page gets depends on the export condition.
  server: ["socket", "engine/server", "parser", "adapter", "events", "server/client-bundle"],
  client: ["socket", "engine/client", "parser", "events"],
};

/** Source that runs in any JavaScript engine: the platform reaches it through a seam, never as a global. */
export const portableSource = [
  "packages/events/src/",
  "packages/parser/src/",
  "packages/socket/src/",
  "packages/adapter/src/",
  "packages/engine/src/shared/",
];

/** Source that browsers load. */
export const browserSource = ["packages/client/src/", "packages/engine/src/client/"];

/** The files below {@link browserSource} that speak to one platform by name. */
export const platformFiles = ["**/platform/**", "**/*node*.ts"];
