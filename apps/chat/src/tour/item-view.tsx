/** One item of the tour. */
import type { JSX } from "preact";
import { Highlighted } from "./highlight.tsx";
import type { Item } from "./items.ts";
import type { Result, Status } from "./result.ts";

interface ItemViewProps {
  item: Item;
  result: Result;
  isBusy: boolean;
  onRun: () => void;
}

const MARKS: Record<Status, string> = {
  idle: "not run yet",
  running: "running…",
  passed: "✓ as expected",
  failed: "✗ not as expected",
};

export function ItemView({ item, result, isBusy, onRun }: ItemViewProps): JSX.Element {
  const heading = `item-${item.number}`;
  return (
    <li>
      <article class="item" aria-labelledby={heading} data-item={item.number} data-status={result.status}>
        <header class="item-head">
          <h2 id={heading}>
            <span class="item-number">{item.number}</span> {item.title}
          </h2>
          <span class="mark">{MARKS[result.status]}</span>
          <button disabled={isBusy} onClick={onRun} aria-label={`Run example ${item.number}, ${item.title}`}>
            Run
          </button>
        </header>
        <p class="story">{item.story}</p>
        <div class="halves">
          <Code title="In this page" code={item.pageCode} />
          <Code title={item.otherSide} code={item.otherCode} />
        </div>
        {item.number === 11 && <iframe id="plain-page" title="The plain page" />}
        <Output item={item} result={result} />
      </article>
    </li>
  );
}

function Code({ title, code }: { title: string; code: string }): JSX.Element {
  return (
    <figure class="code">
      <figcaption>{title}</figcaption>
      <pre tabIndex={0}>
        <Highlighted code={code} />
      </pre>
    </figure>
  );
}

function Output({ item, result }: Pick<ItemViewProps, "item" | "result">): JSX.Element {
  const { expected } = item.example;
  return (
    <table class="output">
      <thead>
        <tr>
          <th scope="col">Output</th>
          <th scope="col">expected</th>
          <th scope="col">seen</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(expected).map(([name, value]) => (
          <tr key={name} data-match={result.seen && result.seen[name] === value}>
            <th scope="row">{name}</th>
            <td>{value}</td>
            <td data-seen={name}>{result.seen?.[name] ?? result.problem ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
