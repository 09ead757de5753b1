/** Colours TypeScript a little, so that code is read more easily: comments, strings, keywords and numbers. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const TOKENS =
  /(?<comment>\/\/.*)|(?<string>`[^`]*`|"[^"\n]*")|(?<keyword>\b(?:async|await|catch|const|else|export|finally|for|function|if|let|new|of|return|throw|try|type|void)\b)|(?<number>\b(?:0x[\da-f]+|\d+(?:\.\d+)?)\b)/g;

/** How far below the screen code is coloured, so that nobody sees it change. */
const AHEAD = "600px";

/** Code, coloured once it is about to be seen: all of the tour's at once would keep a phone busy before it shows anything. */
export function Highlighted({ code }: { code: string }): JSX.Element {
  const element = useRef<HTMLElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        setNear(true);
      },
      { rootMargin: AHEAD },
    );
    watch.observe(element.current!);
    return () => watch.disconnect();
  }, []);
  return <code ref={element}>{isNear ? coloured(code) : code}</code>;
}

function coloured(code: string): (string | JSX.Element)[] {
  const parts: (string | JSX.Element)[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKENS)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => Boolean(text))?.[0];
    parts.push(code.slice(end, match.index), <span class={`token-${kind ?? "text"}`}>{match[0]}</span>);
    end = match.index + match[0].length;
  }
  parts.push(code.slice(end));
  return parts;
}
