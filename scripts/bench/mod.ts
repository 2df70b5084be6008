/**
 * `deno task bench [--runs=N] [--json=FILE] [--chart=FILE] [--peers] [CASE...]`: measurements, each compared with a peer or a floor
 * from the same run, as `docs/performance.md` explains. Every other file beside this one is a case with its name.
 * Without a name all cases run in order, each in a separate program. Exits with 1 if a limit was missed. With
 * DINIT_BINARY set to a compiled binary, the cases that measure a whole program measure this binary.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { leaveNothingBehind } from "../process_guard.ts";
import { PRODUCT_VERSION } from "../../src/model/mod.ts";
import {
  type BenchCase,
  type CaseReport,
  chart,
  machine,
  type Measurement,
  missed,
  partOf,
  type Report,
  reportLines,
} from "./harness/mod.ts";

const DEFAULT_RUNS = 5;

/** The result of a case that runs in a separate program. */
interface CaseResult {
  readonly notes: readonly string[];
  readonly measurements: readonly Measurement[];
}

const HELP = `deno task bench [--runs=N] [--json=FILE] [--chart=FILE] [--peers] [CASE...]

Measures each case beside a floor or a peer, in turns in the same run. docs/performance.md explains the numbers.
Tables go to standard output, progress to standard error. Ends with 1 if a limit was missed.

  --runs=N      rounds of each case; the default is ${DEFAULT_RUNS}
  --json=FILE   also write all values to a file
  --chart=FILE  also draw the comparison with other supervisors, as SVG
  --from=FILE   measure nothing, and draw the chart from what --json has written
  --peers       also measure other supervisors, as far as they are installed
  --help        show this

With DINIT_BINARY set to a compiled binary, that is measured in place of the sources. DINIT_REFERENCE names the program
of dinit 0.22.1 in C++, to compare with.

Cases; without a name all of them run, one after the other:
`;

interface Words {
  readonly help: boolean;
  readonly runs: number;
  readonly peers: boolean;
  readonly json: string | undefined;
  readonly chart: string | undefined;
  readonly from: string | undefined;
  /** The case to run in this program, and to print as JSON. */
  readonly here: string | undefined;
  readonly cases: readonly string[];
}

/** The names of all cases. */
function allCases(): string[] {
  return Array.from(Deno.readDirSync(new URL(".", import.meta.url)))
    .filter(({ name, isFile }) => isFile && name.endsWith(".ts") && name !== "mod.ts")
    .map(({ name }) => name.replace(/\.ts$/, ""))
    .sort();
}

function readWords(): Words {
  const unknown: string[] = [];
  const words = parseArgs(Deno.args, {
    boolean: ["help", "peers"],
    alias: { help: "h" },
    string: ["runs", "json", "chart", "from", "here"],
    default: { runs: String(DEFAULT_RUNS) },
    unknown: (word: string) => {
      const isOption = word.startsWith("-");
      if (isOption) unknown.push(word);
      return !isOption;
    },
  });
  const known = allCases();
  const cases: string[] = words._.map(String);
  unknown.push(...cases.filter((name) => !known.includes(name)));
  const runs = Number(words.runs);
  if (!Number.isInteger(runs) || runs < 1) unknown.push(`--runs=${words.runs}`);
  if (unknown.length > 0) {
    console.error(`bench: cannot make sense of: ${unknown.join(", ")}; the cases are: ${known.join(", ")}`);
    Deno.exit(1);
  }
  const { help, peers, json, chart, from, here } = words;
  if (from !== undefined && chart === undefined) {
    console.error("bench: --from needs --chart=FILE, which says where to draw");
    Deno.exit(1);
  }
  return { help, runs, peers, json, chart, from, here, cases: cases.length > 0 ? cases : known };
}

async function loadCase(name: string): Promise<BenchCase> {
  const { bench }: { bench: BenchCase } = await import(`./${name}.ts`);
  return bench;
}

async function showHelp(): Promise<void> {
  const names = allCases();
  const width = Math.max(...names.map((name) => name.length));
  const lines = await Promise.all(
    names.map(async (name) => `  ${name.padEnd(width)}   ${(await loadCase(name)).about}\n`),
  );
  console.log(HELP + lines.join("").trimEnd());
}

async function runHere(name: string, { runs, peers }: Words): Promise<CaseResult> {
  const bench = await loadCase(name);
  const notes: string[] = [];
  const measurements = await bench.measure({ runs, peers, note: (text) => void notes.push(text) });
  return { notes, measurements };
}

/** Runs a case and prints its table. */
async function runCase(name: string, { runs, peers }: Words): Promise<CaseReport> {
  const load = Deno.loadavg()[0];
  const args = [`--here=${name}`, `--runs=${runs}`, ...peers ? ["--peers"] : []];
  const report = { name, load, ...await partOf<CaseResult>(import.meta.url, args) };
  for (const line of reportLines(report)) console.log(line);
  return report;
}

/** Draws the chart of a report into a file. Returns the exit status. */
function draw(report: Report, path: string): number {
  const drawing = chart(report);
  if (drawing === undefined) {
    console.error("bench: there is nothing for the chart, which shows the case peers with --peers");
    return 1;
  }
  Deno.writeTextFileSync(path, drawing);
  return 0;
}

async function main(): Promise<number> {
  const words = readWords();
  if (words.help) {
    await showHelp();
    return 0;
  }
  if (words.from !== undefined && words.chart !== undefined) {
    return draw(JSON.parse(Deno.readTextFileSync(words.from)) as Report, words.chart);
  }
  if (words.here !== undefined) {
    console.log(JSON.stringify(await runHere(words.here, words)));
    return 0;
  }
  const where = machine(PRODUCT_VERSION);
  console.log(
    `${where.cores} cores, ${where.memory} MB, ${where.system}, Deno ${where.deno}, ${where.date}; ` +
      `median and spread of ${words.runs} runs`,
  );
  const cases: CaseReport[] = [];
  for (const [index, name] of words.cases.entries()) {
    console.error(
      `bench: case ${index + 1} of ${words.cases.length}, ${name}: ${(await loadCase(name)).about} …`,
    );
    const begin = performance.now();
    cases.push(await runCase(name, words));
    console.error(`bench: ${name} took ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }
  const report: Report = { machine: where, runs: words.runs, cases };
  if (words.json !== undefined) {
    Deno.writeTextFileSync(words.json, JSON.stringify(report, undefined, 2) + "\n");
  }
  const drawn = words.chart === undefined ? 0 : draw(report, words.chart);
  const failures = missed(cases);
  for (const failure of failures) console.log(`missed: ${failure}`);
  return failures.length === 0 ? drawn : 1;
}

if (import.meta.main) {
  leaveNothingBehind();
  Deno.exit(await main());
}
