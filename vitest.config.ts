import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

/**
 * Test tiers, by file name: `x.test.ts` always runs, `x.full.test.ts` from `TELSIZ_TESTS=full` on,
 * `x.nightly.test.ts` with `TELSIZ_TESTS=nightly` only.
 */
const tier = process.env["TELSIZ_TESTS"] ?? "fast";
const skipped =
  tier === "nightly" ? [] : tier === "full" ? ["**/*.nightly.test.ts"] : ["**/*.nightly.test.ts", "**/*.full.test.ts"];

const conditions = ["@telsiz/source"];
const config: ViteUserConfig = defineConfig({
  resolve: { conditions: [...conditions, "module", "node", "development|production"] },
  ssr: {
    resolve: {
      conditions: [...conditions, "module", "node", "development|production"],
      externalConditions: conditions,
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          include: ["{packages,apps,tooling}/*/test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", ...skipped],
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
});
export default config;
