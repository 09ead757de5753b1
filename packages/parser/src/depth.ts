/** How deep a JSON text nests, told before anything is built from it. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Whether arrays and objects in `json` nest deeper than `maxDepth`. Small and flat texts cost next to nothing. */
export function nestsDeeper(json: string, maxDepth: number): boolean {
  // Each level of a lawful text takes two characters.
  if (json.length <= 2 * maxDepth) return false;
  return opensMoreThan(json, maxDepth) && measuresDeeper(json, maxDepth);
}

/** Counts openings wherever they stand: the search for one character runs many times faster than a loop over all. */
function opensMoreThan(json: string, count: number): boolean {
  let openings = 0;
  for (const opening of ["[", "{"]) {
    for (let at = json.indexOf(opening); at !== -1; at = json.indexOf(opening, at + 1)) {
      if (++openings > count) return true;
    }
  }
  return false;
}

function measuresDeeper(json: string, maxDepth: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) {
      quoted = true;
    } else if (code === OPENING_BRACKET || code === OPENING_BRACE) {
      if (++depth > maxDepth) return true;
    } else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) {
      depth--;
    }
  }
  return false;
}
