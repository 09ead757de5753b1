// Makes what require() of the package in the working directory gives, after build.mjs: a function, as commonjs/call.cjs and
// its types in commonjs/call.d.ts say, with all exports of the package on it.
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

const named = exportsOf("index").map((name) => (name === "default" ? "io as default" : name));
const imported = named.filter((name) => !name.endsWith(" default"));
writeFileSync(
  `${target}/require.d.ts`,
  `import { ${imported.join(", ")} } from "./index.js";
${readFileSync("commonjs/call.d.ts", "utf8")}
declare namespace entry {
  export { ${named.join(", ")} };
}
export = entry;
`,
);

/** The names that a module's declarations export, types too. A namespace cannot export all of a module. */
function exportsOf(module) {
  const text = readFileSync(`${target}/${module}.d.ts`, "utf8");
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list]) => list.split(","));
  const names = lists.map((one) => one.trim().replace(/^type |.* as /g, "")).filter(Boolean);
  const declared = [...text.matchAll(/^export declare (?:const|function|class|interface|type) (\w+)/gm)];
  const others = [...text.matchAll(/^export \* from "\.\/(.*)\.js"/gm)];
  return [...names, ...declared.map(([, name]) => name), ...others.flatMap(([, other]) => exportsOf(other))];
}
