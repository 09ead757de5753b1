/** The rooms in which two people write to each other; no other room has such a name. */

export function directRoom(one: string, other: string): string {
  return `@${[one, other].sort().join(".")}`;
}

/** The two who write to each other in a room, or `undefined` if it is not such a one. */
export function directPair(room: string): [string, string] | undefined {
  const match = /^@([0-9a-f]{16})\.([0-9a-f]{16})$/.exec(room);
  return match ? [match[1]!, match[2]!] : undefined;
}
