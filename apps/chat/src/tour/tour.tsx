/** The tour: eleven items, each with its code, its output, and whether the output is the expected one. */
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { TopBar } from "../top-bar.tsx";
import { ItemView } from "./item-view.tsx";
import { items, type Item } from "./items.ts";
import type { Result, Status } from "./result.ts";
import { onStage } from "./stage.ts";
import { SurfaceView } from "./surface/surface-view.tsx";

const NOT_RUN: Result = { status: "idle" };

export function Tour(): JSX.Element {
  const [results, setResults] = useState<Record<number, Result>>({});
  const [isBusy, setBusy] = useState(false);
  const resultOf = (item: Item): Result => results[item.number] ?? NOT_RUN;
  const count = (status: Status): number => items.filter((item) => resultOf(item).status === status).length;

  const runEach = async (chosen: readonly Item[]): Promise<void> => {
    setBusy(true);
    for (const item of chosen) {
      setResults((before) => ({ ...before, [item.number]: { status: "running" } }));
      const result = await perform(item);
      setResults((before) => ({ ...before, [item.number]: result }));
    }
    setBusy(false);
  };

  return (
    <>
      <TopBar page="tour" />
      <main class="tour" id="main">
        <header class="tour-head">
          <h1>The API in eleven examples</h1>
          <p>
            Each example runs for real, between this page and the server it came from. The code you read is
            the code that runs.
          </p>
          <div class="tour-controls">
            <button class="primary" id="run-all" disabled={isBusy} onClick={() => void runEach(items)}>
              {isBusy ? "Running…" : "Run all"}
            </button>
            <p role="status" data-passed={count("passed")} data-failed={count("failed")}>
              <Progress passed={count("passed")} failed={count("failed")} />
            </p>
          </div>
        </header>
        <ol class="items">
          {items.map((item) => (
            <ItemView
              key={item.number}
              item={item}
              result={resultOf(item)}
              isBusy={isBusy}
              onRun={() => void runEach([item])}
            />
          ))}
        </ol>
        <SurfaceView />
      </main>
    </>
  );
}

function Progress({ passed, failed }: { passed: number; failed: number }): JSX.Element {
  if (passed + failed === 0) return <>Nothing has run yet.</>;
  return (
    <>
      {passed} of {items.length} as expected{failed > 0 && <strong>, {failed} not</strong>}.
    </>
  );
}

async function perform({ example }: Item): Promise<Result> {
  try {
    const seen = await onStage(example.run);
    const names = Object.keys(example.expected);
    const isExpected = names.every((name) => seen[name] === example.expected[name]);
    return { status: isExpected ? "passed" : "failed", seen };
  } catch (error) {
    return { status: "failed", problem: error instanceof Error ? error.message : String(error) };
  }
}
