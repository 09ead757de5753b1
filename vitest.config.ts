import { defineConfig } from "vitest/config";
import type { ViteUserConfigFnObject } from "vitest/config";
import { SkippedTests } from "./tooling/build/skipped-tests.ts";

/** The files that a tier leaves out. `--mode full` and `--mode nightly` choose a tier; without it, the fast one runs. */
function leftOut(mode: string): string[] {
  if (mode === "nightly") return [];
  if (mode === "full") return ["**/*.nightly.test.ts"];
  return ["**/*.nightly.test.ts", "**/*.full.test.ts"];
}

const source = "@telsiz/source";
const conditions = [source, "module", "node", "development|production"];

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: [source] } },
  test: {
    // Only what hangs runs out of time: a busy machine must fail no test.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // By default one core is left idle, which is half of a small machine.
    maxWorkers: "100%",
    reporters: ["default", new SkippedTests()],
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          include: ["{packages,apps,tooling}/*/test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", ...leftOut(mode)],
        },
      },
      {
        extends: true,
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ["packages/*/test/**/*.test-d.ts"],
            tsconfig: "./tsconfig.json",
          },
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
}));
export default config;
