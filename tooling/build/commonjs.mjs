// Makes what require() of the package in the working directory gives, after build.mjs: a function, as commonjs/call.cjs says,
// with all exports of the package on it. Where Node.js can require ES modules, they are the same as for import.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

const target = "dist/cjs";

/** For compilers, whose `import x from` then means that export. */
const defaultExport = `Object.defineProperty(module.exports, "__esModule", { value: true });
module.exports.default = all.default;
`;
const hasDefault = readFileSync(`${target}/index.js`, "utf8").includes('"default"');

copyFileSync("commonjs/call.cjs", `${target}/call.cjs`);
writeFileSync(`${target}/require.js`, requireOf("./index.js"));
writeFileSync(`${target}/require-module.js`, requireOf("../esm/index.js"));

function requireOf(entry) {
  return `"use strict";
const all = require("${entry}");
module.exports = Object.assign(require("./call.cjs")(all), all);
${hasDefault ? defaultExport : ""}`;
}
