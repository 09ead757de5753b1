// Makes what require() of the package in the working directory gives, after build.mjs: a function, as commonjs/call.cjs says,
// with all exports of the package on it.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

const target = "dist/cjs";

/** For compilers, whose `import x from` then means that export. */
const defaultExport = `Object.defineProperty(module.exports, "__esModule", { value: true });
module.exports.default = all.default;
`;
const hasDefault = /exports\.default\b|"default"/.test(readFileSync(`${target}/index.js`, "utf8"));

copyFileSync("commonjs/call.cjs", `${target}/call.cjs`);
writeFileSync(
  `${target}/require.js`,
  `"use strict";
const all = require("./index.js");
module.exports = Object.assign(require("./call.cjs")(all), all);
${hasDefault ? defaultExport : ""}`,
);
