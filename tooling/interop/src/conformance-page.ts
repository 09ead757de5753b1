/** Reads docs/conformance.md: what of Socket.IO's surface is there, and the test that proves each row. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A row of the page. */
export interface ConformanceRow {
  /** The heading that it stands below. */
  readonly section: string;
  readonly line: number;
  readonly cells: readonly string[];
}

/** A test that a row names. */
export interface Proof {
  /** The path of its file. */
  readonly file: string;
  readonly title: string;
}

/** Where the sentence of a proof begins: behind the link to its file. */
const PROOF = /^\[([^\]]+)\] (.+)$/;

/** The page, taken apart. */
export class ConformancePage {
  readonly rows: readonly ConformanceRow[];
  /** The files by the labels of their links. */
  readonly files: ReadonlyMap<string, string>;

  constructor(path: string) {
    const lines = readFileSync(path, "utf8").split("\n");
    this.rows = rowsOf(lines);
    this.files = new Map(
      lines.flatMap((line) => {
        const [, label, target] = /^\[([^\]]+)\]: (\S+)$/.exec(line) ?? [];
        return label === undefined ? [] : [[label, join(dirname(path), target!)] as const];
      }),
    );
  }

  /** The tests that a row names in its last cell. @throws Error if the cell is anything else */
  proofsOf({ cells, line }: ConformanceRow): Proof[] {
    return (cells.at(-1) ?? "").split("<br>").map((text) => {
      const [, label, title] = PROOF.exec(text.trim()) ?? [];
      const file = this.files.get(label ?? "");
      if (file === undefined) throw new Error(`line ${line} names no test: ${text}`);
      return { file, title: title! };
    });
  }
}

function rowsOf(lines: readonly string[]): ConformanceRow[] {
  const rows: ConformanceRow[] = [];
  let section = "";
  lines.forEach((text, index) => {
    if (text.startsWith("#")) section = text.replace(/^#+ /, "");
    // The line below a table's head tells it from the rows.
    const isHead = lines[index + 1]?.startsWith("| --") === true;
    if (!text.startsWith("| ") || isHead || text.startsWith("| --")) return;
    const cells = text
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("\\|", "|"));
    rows.push({ section, line: index + 1, cells });
  });
  return rows;
}
