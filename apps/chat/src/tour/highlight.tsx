/** Colours TypeScript a little, so that code is read more easily: comments, strings, keywords and numbers. */
import type { JSX } from "preact";

const TOKENS =
  /(?<comment>\/\/.*)|(?<string>`[^`]*`|"[^"\n]*")|(?<keyword>\b(?:async|await|catch|const|else|export|finally|for|function|if|let|new|of|return|throw|try|type|void)\b)|(?<number>\b(?:0x[\da-f]+|\d+(?:\.\d+)?)\b)/g;

export function Highlighted({ code }: { code: string }): JSX.Element {
  const parts: (string | JSX.Element)[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKENS)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => Boolean(text))?.[0];
    parts.push(code.slice(end, match.index), <span class={`token-${kind ?? "text"}`}>{match[0]}</span>);
    end = match.index + match[0].length;
  }
  parts.push(code.slice(end));
  return <code>{parts}</code>;
}
