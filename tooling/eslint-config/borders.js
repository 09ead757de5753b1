import { builtinModules } from "node:module";
import importX from "eslint-plugin-import-x";
import { noCycle } from "./no-cycle.js";
import { browserSource, packageGraph, platformFiles, portableSource } from "./package-graph.js";
import { nodeGlobals, platformGlobals } from "./platform-globals.js";

const bareNodeModules = builtinModules.filter((name) => !name.startsWith("node:") && !name.includes("/"));

/** What a specifier must not match: the source of a regular expression, and what to tell the author. */
const peers = {
  regex: "^(socket|engine)\\.io(-|/|$)",
  message: "The packages of Socket.IO are peers in tests, never a part of Telsiz.",
};
const nodeModules = {
  regex: `^(node:|(${bareNodeModules.join("|")})(/|$))`,
  message: "This source runs without Node.js: take what it needs through an interface.",
};
const otherArrows = (name) => ({
  regex: `^@telsiz/(?!(${packageGraph[name].join("|")})$)`,
  message: `${name} may import ${packageGraph[name].join(", ") || "no other package"} (tooling/eslint-config/package-graph.js).`,
});

/** What a type must not name: it would make every user install @types/node. */
const nodeTypes = {
  selector: 'TSQualifiedName[left.name="NodeJS"], TSTypeReference[typeName.name="Buffer"]',
  message: "This type exists only where @types/node is installed.",
};

/** What is there for programs that touch the inside of Socket.IO: nothing else may come to depend on it. */
const compat = {
  regex: "/([a-z]+-)?compat\\.ts$",
  message: "What foreign code touches is for foreign code alone; only an entry hands it out.",
};
const compatImporters = [
  "packages/*/src/index.ts",
  "packages/engine/src/server/index.ts",
  "packages/engine/src/client/index.ts",
  "packages/engine/src/client/index.browser.ts",
  "packages/server/src/server.ts",
  "packages/parser/src/as-parser.ts",
];
const compatMembers = {
  selector:
    "MemberExpression[property.type=Identifier][property.name=/^(_ids|acks|notifyOutgoingListeners|writeToEngine)$/]",
  message: "Foreign code alone touches this member of Socket.IO (packages/server/src/compat.ts).",
};

/** The same restriction for `import()`, `require()` and `import("…").Type`, which no-restricted-imports leaves out. */
function asSyntax({ regex, message }) {
  const value = `/${regex.replaceAll("/", "\\u002f")}/`;
  const selector = `ImportExpression[source.value=${value}], TSImportType[source.value=${value}], CallExpression[callee.name="require"][arguments.0.value=${value}]`;
  return { selector, message };
}

function restrict(restrictions, syntax = []) {
  return {
    "no-restricted-imports": ["error", { patterns: restrictions }],
    "no-restricted-syntax": ["error", ...restrictions.map(asSyntax), ...syntax],
  };
}

function withoutGlobals(names, message) {
  const globals = names.map((name) => ({ name, message }));
  return { "no-restricted-globals": ["error", { globals, checkGlobalObject: true }] };
}

const below = (folders) => folders.map((folder) => `${folder}**/*.ts`);

/** The restrictions of one package, and the stricter ones of its parts that must not know the platform. */
function packageBorders(name) {
  const source = `packages/${name}/src/`;
  const inside = (folders) => folders.filter((folder) => folder.startsWith(source));
  const restrictions = [peers, otherArrows(name)];
  const inner = [...restrictions, compat];
  const withoutNode = restrict([...inner, nodeModules], [nodeTypes, compatMembers]);
  const isPortable = portableSource.includes(source);
  const ofImporters = isPortable ? [...restrictions, nodeModules] : restrictions;
  return [
    { files: below([source]), rules: restrict(inner, [compatMembers]) },
    ...inside(portableSource).map((folder) => ({ files: below([folder]), rules: withoutNode })),
    ...inside(browserSource).map((folder) => ({
      files: below([folder]),
      ignores: platformFiles,
      rules: withoutNode,
    })),
    {
      files: compatImporters
        .map((pattern) => pattern.replace("*", name))
        .filter((path) => path.startsWith(source)),
      rules: restrict(ofImporters, [...(isPortable ? [nodeTypes] : []), compatMembers]),
    },
  ];
}

/** Inside the engine, shared is below server and client, and these two never meet. */
const engineZones = [
  {
    target: "./packages/engine/src/shared",
    from: ["./packages/engine/src/server", "./packages/engine/src/client"],
  },
  { target: "./packages/engine/src/server", from: "./packages/engine/src/client" },
  { target: "./packages/engine/src/client", from: "./packages/engine/src/server" },
];

/** The rules that keep the arrows between packages, and between code and platform, one-way. */
export function borders(rootDir) {
  return [
    {
      files: ["**/*.ts", "**/*.tsx"],
      plugins: { "import-x": importX },
      rules: { "import-x/no-relative-packages": "error" },
    },
    {
      files: ["packages/*/src/**/*.ts"],
      plugins: { telsiz: { rules: { "no-cycle": noCycle } } },
      rules: {
        "telsiz/no-cycle": "error",
        "import-x/no-extraneous-dependencies": ["error", { devDependencies: false, includeTypes: true }],
      },
    },
    {
      files: ["packages/engine/src/**/*.ts"],
      rules: { "import-x/no-restricted-paths": ["error", { zones: engineZones, basePath: rootDir }] },
    },
    ...Object.keys(packageGraph).flatMap(packageBorders),
    {
      files: below(portableSource),
      rules: withoutGlobals(
        platformGlobals,
        "This source runs in any JavaScript engine: take it through an interface.",
      ),
    },
    {
      files: below(browserSource),
      ignores: platformFiles,
      rules: withoutGlobals(nodeGlobals, "Browsers load this source: Node.js belongs in platform/."),
    },
  ];
}
