/**
 * Names what a run has skipped, so that a green run does not pretend to have seen it.
 *
 * A test that needs a service says so in its name, `describe.skipIf(!chromium)("… (needs chromium-headless-shell)")`.
 * With TELSIZ_REQUIRE_SERVICES=1 such a skip fails the run.
 */
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from "vitest/node";

const needsService = /\(needs .+\)/;

/** The vitest reporter that lists the skipped suites and tests below the summary. */
export class SkippedTests implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const { testNamePattern } = this.#vitest?.config ?? {};
    if (testNamePattern) return; // the rest was left out on purpose
    const skipped = modules.flatMap((module) =>
      skippedIn(module).map((entry) => `${module.relativeModuleId} > ${entry.fullName}`),
    );
    if (skipped.length === 0) return;
    console.log(`Skipped, and so not shown to work (${skipped.length}):`);
    for (const name of skipped) console.log(`  ${name}`);
    if (process.env["TELSIZ_REQUIRE_SERVICES"] !== "1" || !skipped.some((name) => needsService.test(name)))
      return;
    console.log("TELSIZ_REQUIRE_SERVICES=1: a test that needs a service was skipped, so the run fails.");
    process.exitCode = 1;
  }
}

/** A suite in which nothing ran stands for all that it holds; where a hook failed, the run has failed already. */
function skippedIn(parent: TestModule | TestSuite): (TestCase | TestSuite)[] {
  if (parent.errors().length > 0) return [];
  return [...parent.children].flatMap((child) => {
    if (child.type === "test") return child.result().state === "skipped" ? [child] : [];
    return child.state() === "skipped" ? [child] : skippedIn(child);
  });
}
