/** The titles of the tests in a file, as they are written there. */
import { readFileSync } from "node:fs";
import { parseAst } from "rolldown/parseAst";

/** A node of the syntax tree, as far as it is looked at here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [child: string]: unknown;
}

/** The titles of `it` and `test`, also behind `each`; templates stand between their backticks. Those that never run are left out. */
export function testTitles(file: string): Set<string> {
  const source = readFileSync(file, "utf8");
  const titles = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) return value.forEach(visit);
    const node = value as Node;
    const title = node.type === "CallExpression" ? titleOf(node, source) : undefined;
    if (title !== undefined) titles.add(title);
    Object.values(node).forEach(visit);
  };
  visit(parseAst(source, { lang: "ts" }).body);
  return titles;
}

function titleOf(call: Node, source: string): string | undefined {
  if (!/^(it|test)$/.test(rootOf(call)) || /^\w+\.(skip|todo)\b/.test(source.slice(call.start, call.end))) {
    return undefined;
  }
  const [first] = call["arguments"] as Node[];
  if (first?.type === "Literal" && typeof first["value"] === "string") return first["value"];
  return first?.type === "TemplateLiteral" ? source.slice(first.start + 1, first.end - 1) : undefined;
}

/** The name that a chain of calls and members begins with. */
function rootOf(node: Node): string {
  if (node.type === "CallExpression") return rootOf(node["callee"] as Node);
  if (node.type === "MemberExpression") return rootOf(node["object"] as Node);
  return node.type === "Identifier" ? (node["name"] as string) : "";
}
