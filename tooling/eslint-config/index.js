import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import jsdoc from "eslint-plugin-jsdoc";
import globals from "globals";
import tseslint from "typescript-eslint";
import { borders } from "./borders.js";

const generated = ["**/dist/**", "**/coverage/**", "**/.turbo/**", "**/.cache/**"];

/** Programs that are checked elsewhere, each as the stranger it plays. */
const strangers = ["tooling/pack/fixtures/**"];

/** What is half a module: tooling/build/commonjs.mjs adds the other half, and tooling/pack compiles the whole. */
const halves = ["packages/*/commonjs/*.d.ts"];

const exported = [
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
  "ExportNamedDeclaration > VariableDeclaration",
];

/**
 * The lint rules of the whole repository.
 *
 * @param {string} rootDir directory that holds the tsconfig.json to lint with
 * @returns {import("eslint").Linter.Config[]}
 */
export function config(rootDir) {
  return defineConfig(
    { ignores: [...generated, ...strangers, ...halves] },
    {
      settings: {
        "import-x/resolver-next": [createTypeScriptImportResolver({ project: `${rootDir}/tsconfig.json` })],
      },
    },
    {
      files: ["**/*.js", "**/*.mjs"],
      extends: [js.configs.recommended],
      languageOptions: { globals: globals.node },
    },
    {
      files: ["**/*.ts", "**/*.tsx"],
      extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
      languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: rootDir } },
      linterOptions: { reportUnusedDisableDirectives: "error" },
      rules: {
        "@typescript-eslint/consistent-type-imports": "error",
        "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
        "@typescript-eslint/restrict-plus-operands": ["error", { allowNumberAndString: true }],
        "@typescript-eslint/no-confusing-void-expression": [
          "error",
          { ignoreVoidOperator: true, ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
        ],
        "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: true }],
        "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
        "@typescript-eslint/consistent-type-definitions": "off",
        // noUncheckedIndexedAccess makes every read of an array optional, also right after a check of its length.
        "@typescript-eslint/no-non-null-assertion": "off",
        // A parameter used once names the event a reader looks for, and lets it be given: on<"join">(…).
        "@typescript-eslint/no-unnecessary-type-parameters": "off",
        // Takes mapped types over a type parameter, and Record<never, …>, for an empty object.
        "@typescript-eslint/no-generated-empty-object-type": "off",
        // Overloads with one documentation each read better than one signature with a union.
        "@typescript-eslint/unified-signatures": "off",
      },
    },
    {
      files: ["packages/*/src/**/*.ts"],
      plugins: { jsdoc },
      rules: {
        "jsdoc/require-jsdoc": [
          "error",
          {
            publicOnly: { esm: true },
            require: { ClassDeclaration: true, FunctionDeclaration: true },
            contexts: exported,
            exemptOverloadedImplementations: true,
            enableFixer: false,
          },
        ],
      },
    },
    {
      files: ["**/test/**/*.ts", "tooling/**/*.ts", "apps/**/*.ts"],
      rules: {
        "@typescript-eslint/no-confusing-void-expression": "off",
        "@typescript-eslint/no-empty-function": "off",
        "@typescript-eslint/require-await": "off",
      },
    },
    {
      files: ["**/test/**/*.ts"],
      rules: {
        "@typescript-eslint/no-deprecated": "off",
        "@typescript-eslint/no-explicit-any": "off",
        "@typescript-eslint/no-unsafe-argument": "off",
        "@typescript-eslint/no-unsafe-assignment": "off",
        "@typescript-eslint/no-unsafe-call": "off",
        "@typescript-eslint/no-unsafe-member-access": "off",
        "@typescript-eslint/no-unsafe-return": "off",
        "@typescript-eslint/unbound-method": "off",
      },
    },
    ...borders(rootDir),
  );
}
