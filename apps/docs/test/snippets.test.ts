/** What is code in a page, and what its fences say. */
import { expect, it } from "vitest";
import { snippetsOf } from "../src/snippets.ts";

it("gives the code between fences with its language, file name, section and line", () => {
  const page = [
    "# Page",
    "```ts",
    "a();",
    "```",
    "## First",
    '```js title="b.js" runnable',
    "b();",
    "",
    "c();",
    "```",
  ];
  expect(snippetsOf(page.join("\n"))).toEqual([
    { line: 3, language: "ts", title: undefined, runnable: false, section: 0, heading: "", code: "a();" },
    {
      line: 7,
      language: "js",
      title: "b.js",
      runnable: true,
      section: 1,
      heading: "First",
      code: "b();\n\nc();",
    },
  ]);
});

it("keeps fences and headings inside longer fences, and takes away the indentation of lists", () => {
  const page = ["````md", "```ts", "## no heading", "```", "````", "- item", "  ```ts", "  a();", "  ```"];
  expect(snippetsOf(page.join("\n")).map(({ code, section }) => [code, section])).toEqual([
    ["```ts\n## no heading\n```", 0],
    ["a();", 0],
  ]);
});
