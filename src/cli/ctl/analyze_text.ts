/** The analysis of a start as text. Pure. */

import { type ChartRow, secondsText, type SegmentKind, type StartAnalysis } from "../../insight/mod.ts";
import { cutText, printable, textWidth } from "../shared/text_width.ts";

/** What the parts of a start were used for, in words. */
const SEGMENTS: Readonly<Record<SegmentKind, string>> = {
  "console": "waiting for the console",
  "restart-delay": "restart delay",
  "failed-start": "failed attempts",
  "launch": "launch",
  "start-up": "start-up",
  "check": "health check",
  "trigger": "waiting for its trigger",
  "before-launch": "before the launch",
};

/** How long the start took, what decided it, and what would be next. With a newline behind each line. */
export function chainText(
  { target, total, end, chain, next, lost }: StartAnalysis,
  kernel: number | undefined,
): string {
  const done = end === undefined ? "has been starting for" : "started in";
  const before = kernel === undefined ? "" : ` (the kernel before it: ${secondsText(kernel)})`;
  const times = chain.map(({ length }) => secondsText(length));
  const width = Math.max(...times.map((text) => text.length));
  const names = Math.max(...chain.map(({ service }) => textWidth(printable(service))));
  const lines = [
    `${printable(target)} ${done} ${secondsText(total)}${before}.`,
    "The chain that decided it:",
  ];
  if (lost !== undefined) lines.push(`    (before it: ${printable(lost)}, which was started again later)`);
  for (const [index, { service, outcome, segments }] of chain.entries()) {
    const name = printable(service);
    const notes = [
      ...(outcome === "failed" ? ["failed"] : outcome === "running" ? ["not started yet"] : []),
      ...(segments.length > 1 || segments.some(({ kind }) => kind !== "start-up")
        ? segments.map(({ kind, begin, end }) => `${SEGMENTS[kind]} ${secondsText(end - begin)}`)
        : []),
    ];
    const gap = " ".repeat(names - textWidth(name));
    lines.push(
      `    ${times[index].padStart(width)}  ${name}${
        notes.length === 0 ? "" : `${gap}  ${notes.join(", ")}`
      }`,
    );
  }
  if (next !== undefined) {
    lines.push(
      `Without the time of ${printable(next.without)} the start would take ${secondsText(next.total)}: ` +
        next.chain.map(printable).join(", "),
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** One service and the time that its start took, without waiting for others; in milliseconds. */
export interface Blame {
  readonly service: string;
  readonly length: number;
  readonly outcome: ChartRow["outcome"];
}

/** All services of a start, the slowest first. */
export function blameOf(rows: readonly ChartRow[]): Blame[] {
  return rows.map(({ service, begin, end, outcome }) => ({ service, length: end - begin, outcome }))
    .sort((a, b) => b.length - a.length);
}

/** The same as text. */
export function blameText(rows: readonly ChartRow[]): string {
  const blame = blameOf(rows);
  const times = blame.map(({ length }) => secondsText(length));
  const width = Math.max(0, ...times.map((text) => text.length));
  return blame.map(({ service, outcome }, index) => {
    const note = outcome === "failed" ? "  (failed)" : outcome === "running" ? "  (not started yet)" : "";
    return `${times[index].padStart(width)}  ${printable(service)}${note}\n`;
  }).join("");
}

/** The columns of a drawing in a pipe. */
const USUAL_COLUMNS = 80;
/** Longer names are cut. */
const NAME_COLUMNS = 24;
/** The columns for the time behind a bar. */
const TIME_COLUMNS = 10;

/** A start as a drawing of characters: `.` waits for others, `=` starts, `#` starts and decides. */
export function chartText(
  { target, total }: StartAnalysis,
  rows: readonly ChartRow[],
  columns: number = USUAL_COLUMNS,
): string {
  const names = Math.min(NAME_COLUMNS, Math.max(...rows.map(({ service }) => textWidth(printable(service)))));
  const room = Math.max(10, columns - names - TIME_COLUMNS - 3);
  const length = Math.max(1, total, ...rows.map(({ end }) => end));
  const at = (time: number) => Math.round(time / length * room);
  const lines = rows.map(({ service, asked, begin, end, decides }) => {
    const name = cutText(printable(service), names);
    const from = at(begin);
    const width = Math.max(1, at(end) - from);
    const bar = " ".repeat(at(asked)) + ".".repeat(Math.max(0, from - at(asked))) +
      (decides ? "#" : "=").repeat(width);
    return `${name}${" ".repeat(names - textWidth(name))}  ${bar} ${secondsText(end - begin)}`;
  });
  return `${printable(target)}: ${secondsText(total)}\n${lines.map((line) => `${line}\n`).join("")}`;
}
