/** The result as a picture: a bar for each server in each row, as long as it is times cheaper than socket.io. */
import type { Line } from "./report.ts";

const WIDTH = 760;
const LABEL_WIDTH = 130;
const VALUE_WIDTH = 60;
const BAR_HEIGHT = 14;
const BAR_GAP = 4;
const TITLE_HEIGHT = 30;

/** An SVG drawing. It has no colours of its own for text, so that it can be read on light and dark pages. */
export function drawChart(lines: readonly Line[]): string {
  const rows = new Map<string, Line[]>();
  for (const line of lines) rows.set(line.row, [...(rows.get(line.row) ?? []), line]);
  const longest = Math.max(...lines.map(({ ratio }) => ratio));
  let top = 0;
  const parts: string[] = [];
  for (const bars of rows.values()) {
    parts.push(text(0, top + TITLE_HEIGHT - 10, bars[0]!.title, "title"));
    top += TITLE_HEIGHT;
    for (const line of bars) {
      parts.push(drawBar(line, top, longest));
      top += BAR_HEIGHT + BAR_GAP;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="How many times less CPU than socket.io">
<style>text { fill: #777 } .title { font-weight: 600 } .ours { fill: #0a7d5a } .others { fill: #999 }</style>
${parts.join("\n")}
</svg>
`;
}

function drawBar({ server, ratio }: Line, top: number, longest: number): string {
  const length = (ratio / longest) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH);
  const bar = `<rect class="${server === "telsiz" ? "ours" : "others"}" x="${LABEL_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`;
  const baseline = top + BAR_HEIGHT - 3;
  return [
    text(0, baseline, server),
    bar,
    text(LABEL_WIDTH + length + 6, baseline, `× ${ratio.toFixed(2)}`),
  ].join("");
}

function text(x: number, y: number, content: string, style?: string): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text${style === undefined ? "" : ` class="${style}"`} x="${x.toFixed(1)}" y="${y}">${escaped}</text>`;
}
