/** A chart of a report as SVG: horizontal bars in groups, for light and dark pages. */

import type { Measurement } from "./measurement.ts";
import type { Report } from "./report.ts";
import { median } from "./statistics.ts";

/** Where a chart shows a measurement. */
export interface ChartPlace {
  /** The title of a group of bars, such as "Start 1,000 services". */
  readonly group: string;
  /** The name of the bar: the program that was measured. */
  readonly bar: string;
}

/** The program whose bars stand out. */
const OWN = "dinit";

const WIDTH = 720;
const MARGIN = 16;
const NAME_WIDTH = 150;
/** Room for the number behind the longest bar. */
const NUMBER_WIDTH = 90;
const BAR = 16;
const ROW = 24;
const TITLE = 34;
const FOOT = 30;

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .page { fill: #ffffff; }
    .title { font-weight: 600; }
    .foot { font-size: 11px; fill: #59636e; }
    .bar { fill: #818b98; }
    .own { fill: #0969da; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .page { fill: #0d1117; }
      .foot { fill: #9198a1; }
      .bar { fill: #656c76; }
      .own { fill: #4493f8; }
    }
  `;

/** A bar: the median of a measurement. */
interface Bar {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** The chart of all measurements of a report that have a place in it; `undefined` if none has. */
export function chart(report: Report): string | undefined {
  const groups = groupsOf(report.cases.flatMap(({ measurements }) => measurements));
  if (groups.size === 0) return undefined;
  const parts: string[] = [];
  let y = MARGIN;
  for (const [title, bars] of groups) {
    parts.push(text(MARGIN, y + ROW - 8, title, "title"));
    y += TITLE;
    const longest = Math.max(...bars.map(({ value }) => value));
    for (const bar of bars) {
      parts.push(...drawn(bar, y, longest));
      y += ROW;
    }
    y += MARGIN;
  }
  const height = y + FOOT;
  parts.push(text(MARGIN, height - MARGIN, footOf(report), "foot"));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="about">
  <title id="about">${escaped([...groups.keys()].join("; "))}</title>
  <style>${STYLE}</style>
  <rect class="page" width="${WIDTH}" height="${height}" rx="6"/>
${parts.map((part) => `  ${part}\n`).join("")}</svg>
`;
}

/** Each group with its bars, the smallest value first. */
function groupsOf(measurements: readonly Measurement[]): Map<string, Bar[]> {
  const groups = new Map<string, Bar[]>();
  for (const { chart: place, unit, values } of measurements) {
    if (place === undefined) continue;
    const bars = groups.get(place.group) ?? [];
    groups.set(place.group, bars);
    bars.push({ name: place.bar, value: median(values), unit });
  }
  for (const bars of groups.values()) bars.sort((one, other) => one.value - other.value);
  return groups;
}

function drawn({ name, value, unit }: Bar, y: number, longest: number): string[] {
  const room = WIDTH - 2 * MARGIN - NAME_WIDTH - NUMBER_WIDTH;
  const length = Math.max(1, longest === 0 ? 0 : value / longest * room);
  const kind = name === OWN ? "bar own" : "bar";
  const left = MARGIN + NAME_WIDTH;
  const line = y + BAR - 3;
  return [
    text(MARGIN, line, name, name === OWN ? "title" : undefined),
    `<rect class="${kind}" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="3"/>`,
    text(left + length + 8, line, amount(value, unit)),
  ];
}

function text(x: number, y: number, content: string, kind?: string): string {
  const style = kind === undefined ? "" : ` class="${kind}"`;
  return `<text${style} x="${x.toFixed(1)}" y="${y.toFixed(1)}">${escaped(content)}</text>`;
}

/** A value with its unit; long times in seconds. */
function amount(value: number, unit: string): string {
  if (unit === "ms" && value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value.toFixed(value >= 10 ? 0 : 1)} ${unit}`;
}

function footOf({ machine: { cores, system, deno, date, load }, runs }: Report): string {
  return `${cores} processors, ${system}, Deno ${deno}, ${date.slice(0, 10)}, load ${load}; ` +
    `median of ${runs}; shorter is better`;
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
