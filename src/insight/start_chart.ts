/** A start as a drawing: one row for each service, along the time. An SVG document that needs nothing else. Pure. */

import type { ServiceTimes } from "../model/mod.ts";
import type { StartAnalysis } from "./start_analysis.ts";

/** One row. Times are in milliseconds from the begin of the start. */
export interface ChartRow {
  readonly service: string;
  readonly asked: number;
  /** It no longer waited for dependencies. */
  readonly begin: number;
  readonly end: number;
  readonly outcome: "started" | "failed" | "running";
  /** It belongs to the deciding chain. */
  readonly decides: boolean;
}

/** The services that took part in a start, in the order in which they went on. */
export function chartRows(
  analysis: StartAnalysis,
  all: readonly ServiceTimes[],
  now: number,
): ChartRow[] {
  const { begin, total, chain } = analysis;
  const deciding = new Set(chain.map(({ service }) => service));
  const rows = all.filter(({ asked, ready, ended }) =>
    asked <= begin + total && (ready ?? ended ?? now) >= begin
  ).map(({ name, asked, unblocked, ready, ended }): ChartRow => ({
    service: name,
    asked: Math.max(0, asked - begin),
    begin: Math.max(0, (unblocked ?? asked) - begin),
    end: Math.max(0, (ready ?? ended ?? now) - begin),
    outcome: ready !== undefined ? "started" : ended !== undefined ? "failed" : "running",
    decides: deciding.has(name),
  }));
  return rows.sort((a, b) => a.begin - b.begin || a.end - b.end);
}

const ROW = 18, TOP = 44, LEFT = 220, PLOT = 900, RIGHT = 90, BOTTOM = 14;
/** Longer names are cut; the title on hover has the whole name. */
const NAME_LENGTH = 30;
/** About how many lines of the scale to draw. */
const TICKS = 10;

/** The style of the drawing, in light and dark. The page of `dinit web` uses it, too. */
export const CHART_STYLE = [
  ".chart{font:12px system-ui,sans-serif;--ink:#1b1f24;--faint:#59636e;--line:#d1d9e0;--paper:#fff;" +
  "--up:#1f6f43;--decides:#a33c00;--bad:#b3152b;--waits:#8793a0}",
  "@media(prefers-color-scheme:dark){.chart{--ink:#e6edf3;--faint:#9aa6b2;--line:#3a434d;--paper:#0f1419;" +
  "--up:#4cc38a;--decides:#ff9a52;--bad:#ff7b86;--waits:#5f6c79}}",
  ".chart .paper{fill:var(--paper)}.chart text{fill:var(--ink)}.chart .scale{fill:var(--faint)}",
  ".chart line{stroke:var(--line)}.chart .waits{fill:var(--waits)}.chart .started{fill:var(--up)}",
  ".chart .running{fill:var(--faint)}.chart .failed{fill:var(--bad)}.chart .decides rect:last-of-type{fill:var(--decides)}",
  ".chart .decides text{font-weight:700}.chart .failed-row text{fill:var(--bad)}",
].join("\n");

/** How to draw. */
export interface ChartOptions {
  /** Whether the page around the drawing has `CHART_STYLE`, so that the drawing needs none. @default false */
  readonly bare?: boolean;
}

/** The whole document, with a newline at its end. */
export function startChart(
  analysis: StartAnalysis,
  rows: readonly ChartRow[],
  { bare = false }: ChartOptions = {},
): string {
  const length = Math.max(1, ...rows.map(({ end }) => end), analysis.total);
  const x = (time: number) => round(LEFT + time / length * PLOT);
  const height = TOP + rows.length * ROW + BOTTOM;
  const width = LEFT + PLOT + RIGHT;
  const title = `Start of ${analysis.target}: ${secondsText(analysis.total)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" role="img" aria-label="${escaped(title)}">`,
    ...(bare ? [] : [`<style>${CHART_STYLE}</style>`]),
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text x="8" y="18" font-weight="700">${escaped(title)}</text>`,
    ...scaleLines(length, height, x),
    ...rows.map((row, index) => rowGroup(row, TOP + index * ROW, x)),
    "</svg>",
    "",
  ].join("\n");
}

function scaleLines(length: number, height: number, x: (time: number) => number): string[] {
  const rough = length / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const lines: string[] = [];
  for (let index = 0; index * step <= length; index++) {
    const at = x(index * step);
    lines.push(
      `<line x1="${at}" x2="${at}" y1="${TOP - 6}" y2="${height - BOTTOM}"/>` +
        `<text class="scale" x="${at}" y="${TOP - 10}" text-anchor="middle">${
          secondsText(index * step)
        }</text>`,
    );
  }
  return lines;
}

function rowGroup(row: ChartRow, top: number, x: (time: number) => number): string {
  const { service, asked, begin, end, outcome, decides } = row;
  const classes = [decides ? "decides" : "", outcome === "failed" ? "failed-row" : ""].filter((one) =>
    one !== ""
  );
  const name = service.length > NAME_LENGTH ? `${service.slice(0, NAME_LENGTH - 1)}…` : service;
  const bar = (kind: string, from: number, to: number, least: number) =>
    `<rect class="${kind}" x="${x(from)}" y="${top + 3}" width="${
      round(Math.max(least, x(to) - x(from)))
    }" ` +
    `height="${ROW - 6}" rx="2"/>`;
  return [
    classes.length === 0 ? "<g>" : `<g class="${classes.join(" ")}">`,
    `<title>${escaped(rowTitle(row))}</title>`,
    `<text x="${LEFT - 8}" y="${top + 13}" text-anchor="end">${escaped(name)}</text>`,
    begin > asked ? bar("waits", asked, begin, 1) : "",
    bar(outcome, begin, end, 2),
    `<text class="scale" x="${round(Math.max(x(end), x(begin) + 2) + 5)}" y="${top + 13}">${
      secondsText(end - begin)
    }</text></g>`,
  ].join("");
}

/** What a row says on hover. */
function rowTitle({ service, asked, begin, end, outcome, decides }: ChartRow): string {
  const waited = begin > asked ? `waited ${secondsText(begin - asked)} for others; ` : "";
  const word = { started: "started in", failed: "failed after", running: "is starting since" }[outcome];
  const role = decides ? "; it decides how long the start takes" : "";
  return `${service}: ${waited}${word} ${secondsText(end - begin)}${role}`;
}

/** A length of time for people: `12 ms`, `1.234 s`, `75.2 s`. */
export function secondsText(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds < 10 ? round(milliseconds) : Math.round(milliseconds)} ms`;
  const digits = milliseconds < 10_000 ? 3 : 1;
  return `${(milliseconds / 1000).toFixed(digits)} s`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

/** Text for XML. Characters that XML cannot have become U+FFFD. */
function escaped(text: string): string {
  const references: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  // deno-lint-ignore no-control-regex -- exactly these are not allowed in XML
  const clean = text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd").toWellFormed();
  return clean.replace(/[&<>"]/g, (character) => references[character]);
}
