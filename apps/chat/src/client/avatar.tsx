/** A round mark for a person: initials on a colour of their own, and a dot when they are here. */
import type { JSX } from "preact";
import type { Presence } from "../contract.ts";

interface AvatarProps {
  name: string;
  presence: Presence;
}

export function Avatar({ name, presence }: AvatarProps): JSX.Element {
  return (
    <span class="avatar" style={`--hue: ${hueOf(name)}`} data-presence={presence} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

export function hueOf(name: string): number {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) % 360;
  return hash;
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/);
  const initials = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return initials.map(firstCharacter).join("").toUpperCase();
}

function firstCharacter(word: string): string {
  return String.fromCodePoint(...[word.codePointAt(0)].filter((code) => code !== undefined));
}
