/** The whole surface of the API: checks of each member, on both sides, with their code. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Highlighted } from "../highlight.tsx";
import { onStage } from "../stage.ts";
import { type CheckResult, codeOf, perform } from "./check.ts";
import { clientChecks } from "./client-checks.ts";
import catchAllSource from "./catch-all.ts?raw";
import clientSource from "./client-checks.ts?raw";
import { clientRecorder, onClientStage } from "./client-stage.ts";
import listenersSource from "./listeners.ts?raw";
import serverSource from "./server-checks.ts?raw";

/** How long the server may take for all of its checks, in milliseconds. */
const PATIENCE = 60_000;

export function SurfaceView(): JSX.Element {
  const [server, setServer] = useState<CheckResult[]>([]);
  const [client, setClient] = useState<CheckResult[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const prove = async (): Promise<void> => {
    setBusy(true);
    setProblem("");
    try {
      setClient(await proveClient());
      setServer(await onStage(({ socket }) => socket.timeout(PATIENCE).emitWithAck("prove the server")));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  const results = [...client, ...server];
  const members = new Set(results.flatMap(({ proved }) => proved));
  return (
    <section class="surface" aria-labelledby="surface-heading">
      <h2 id="surface-heading">The whole surface</h2>
      <p>
        Every method and property of <code>Server</code>, <code>Namespace</code>,{" "}
        <code>BroadcastOperator</code>, <code>Socket</code>, <code>Manager</code> and <code>io</code>, called
        for real, with what came out.
      </p>
      <div class="tour-controls">
        <button class="primary" id="prove-all" disabled={isBusy} onClick={() => void prove()}>
          {isBusy ? "Proving…" : "Prove them all"}
        </button>
        <p role="status" data-members={[...members].join(" ")} data-checks={results.length}>
          {results.length > 0 && inWords(results, members.size)}
        </p>
      </div>
      <p class="problem" role="alert">
        {problem}
      </p>
      <Side title="In this page" results={client} source={clientSource} />
      <Side title="On the server" results={server} source={serverSource} />
    </section>
  );
}

interface SideProps {
  title: string;
  results: readonly CheckResult[];
  source: string;
}

function Side({ title, results, source }: SideProps): JSX.Element | null {
  if (results.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="checks">
        {results.map((result) => (
          <li key={result.title} data-check={result.title} data-passed={isAsExpected(result)}>
            <details>
              <summary>
                <span class="check-mark">{isAsExpected(result) ? "✓" : "✗"}</span> {result.title}
              </summary>
              <pre tabIndex={0}>
                <Highlighted code={withHelpers(codeOf(source, result.title))} />
              </pre>
              <p>
                <code>{result.seen}</code>
              </p>
              {!isAsExpected(result) && (
                <p>
                  expected <code>{result.expected}</code>
                </p>
              )}
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A check that calls a function of both sides shows that, too. */
function withHelpers(code: string): string {
  const helpers = [
    code.includes("keepListeners(") && listenersSource,
    code.includes("keepCatchAll(") && catchAllSource,
  ];
  const functions = helpers.map((source) => source && source.slice(source.indexOf("export function")).trim());
  return [code, ...functions].filter(Boolean).join("\n\n");
}

async function proveClient(): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of clientChecks) results.push(await perform(check, clientRecorder, onClientStage));
  return results;
}

function isAsExpected({ seen, expected }: CheckResult): boolean {
  return seen === expected;
}

function inWords(results: readonly CheckResult[], members: number): string {
  const passed = results.filter(isAsExpected).length;
  return `${passed} of ${results.length} as expected, which called ${members} members of the API.`;
}
