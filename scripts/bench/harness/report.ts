/** The results of a run, for people and for programs. */

import type { Machine } from "./machine.ts";
import { isMet, type Limit, type Measurement } from "./measurement.ts";
import { summarize } from "./statistics.ts";

/** A whole run, as `--json` writes it. */
export interface Report {
  readonly machine: Machine;
  readonly runs: number;
  readonly cases: readonly CaseReport[];
}

/** The result of one case. */
export interface CaseReport {
  readonly name: string;
  /** The load average of the minute before the case. */
  readonly load: number;
  readonly notes: readonly string[];
  readonly measurements: readonly Measurement[];
}

const WHAT_WIDTH = 60;
const VALUE_WIDTH = 10;
const SPREAD_WIDTH = 19;

/** The table of one case: value, spread and comparison, each limit, and whether it is met. */
export function reportLines(report: CaseReport): string[] {
  const lines = [`== ${report.name} (load ${report.load.toFixed(1)})`];
  for (const { what, unit, values, limit, beside = [] } of report.measurements) {
    lines.push(line(`${what}, ${unit}`, values, "", limit));
    for (const { with: other, ratios, limit } of beside) {
      lines.push(line(`  beside ${other}`, ratios, " x", limit));
    }
  }
  return [...lines, ...report.notes.map((note) => `note: ${note}`)];
}

function line(what: string, values: readonly number[], suffix: string, limit: Limit | undefined): string {
  const { median, low, high } = summarize(values);
  const spread = values.length === 1 ? "" : `${digits(low)} to ${digits(high)}`;
  const columns = what.padEnd(WHAT_WIDTH) + (digits(median) + suffix).padStart(VALUE_WIDTH) +
    `  ${spread.padEnd(SPREAD_WIDTH)}`;
  return (limit === undefined ? columns : `${columns} ${verdict(values, limit)}`).trimEnd();
}

function verdict(values: readonly number[], limit: Limit): string {
  const text = "atMost" in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
  return `${text}: ${isMet(values, limit) ? "met" : "MISSED"}`;
}

/** Three significant digits, without an exponent. */
function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** The limits that were missed, as "case: what". */
export function missed(cases: readonly CaseReport[]): string[] {
  return cases.flatMap(({ name, measurements }) =>
    measurements.flatMap(({ what, values, limit, beside = [] }) => [
      ...limit === undefined || isMet(values, limit) ? [] : [`${name}: ${what}`],
      ...beside.filter(({ ratios, limit }) => limit !== undefined && !isMet(ratios, limit))
        .map((comparison) => `${name}: ${what}, beside ${comparison.with}`),
    ])
  );
}
