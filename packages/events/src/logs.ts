/** Lines for who looks for a fault, by areas that are chosen by name: `telsiz:*,-telsiz:packets`. */

/** Prints a line of one area. */
export type Log = (line: string) => void;

/** The log of an area; `undefined` for one that is not wanted, so that nothing need be watched for it. */
export type Logs = (area: string) => Log | undefined;

/**
 * The logs of the areas that are chosen.
 * @param chosen names, parted by commas or spaces; `*` stands for anything, and `-` in front leaves out what would be chosen
 */
export function createLogs(
  chosen: string | null | undefined,
  print: (area: string, line: string) => void,
): Logs {
  const names = (chosen ?? "").split(/[\s,]+/).filter((name) => name !== "");
  const wanted = names.filter((name) => !name.startsWith("-")).map(patternOf);
  const unwanted = names.filter((name) => name.startsWith("-")).map((name) => patternOf(name.slice(1)));
  return (area) => {
    const fits = (pattern: RegExp): boolean => pattern.test(area);
    return wanted.some(fits) && !unwanted.some(fits) ? (line) => print(area, line) : undefined;
  };
}

function patternOf(name: string): RegExp {
  const parts = name.split("*").map((part) => part.replace(/[$()+.?[\\\]^{|}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
