/**
 * Mutation test of the engine's state machine: changes `src/engine/lifecycle` and `src/engine/launcher` in one place at a
 * time and checks whether a test fails. It works in a copy; nothing in the project changes.
 *
 *     deno run --lock=deno.lock --frozen -A scripts/mutants.ts [--list] [--every=N | --sample=N [--seed=N]]
 *         [--jobs=N] [--record=FILE] [FOLDER | FILE | FILE:LINE ...]
 *
 * Prints the mutants that no test notices, and the share of those that are noticed. It tries all mutants, or those of
 * some folders, files or lines, such as `lifecycle` or `launcher/launcher:57`; of these each Nth, or a random sample,
 * which is the same for the same seed (1). A larger sample contains the smaller ones. `--list` only names the mutants.
 * `--jobs` sets how many it tries at the same time (1). `--record` adds each result to a file, and takes the
 * results that the file has already: so an interrupted run can continue, while engine and tests stay the same.
 */

import { parseArgs } from "@std/cli/parse-args";
import { isEquivalent } from "./mutants/equivalents.ts";
import { type Mutant, mutantsOf } from "./mutants/mutations.ts";
import { Trial } from "./mutants/trial.ts";
import { leaveNothingBehind } from "./process_guard.ts";

const ROOT = new URL("..", import.meta.url).pathname;
/** Below `src/engine`. */
const FOLDERS = ["launcher", "lifecycle"];

interface Words {
  readonly list: boolean;
  readonly every: number;
  /** @default all */
  readonly sample: number;
  readonly seed: number;
  readonly jobs: number;
  readonly record: string | undefined;
  /** Folders, files or lines; empty: all. */
  readonly places: readonly string[];
}

interface Result extends Mutant {
  readonly noticed: boolean;
}

/** Ends the program where the command line makes no sense. */
function readWords(): Words {
  const unknown: string[] = [];
  const words = parseArgs(Deno.args, {
    boolean: ["list"],
    string: ["every", "sample", "seed", "jobs", "record"],
    default: { every: "1", sample: "Infinity", seed: "1", jobs: "1" },
    unknown: (word: string) => {
      if (word.startsWith("-")) unknown.push(word);
      return true;
    },
  });
  const number = (name: "every" | "sample" | "seed" | "jobs"): number => {
    const value = Number(words[name]);
    if (!(Number.isInteger(value) || value === Infinity) || value < 1) {
      unknown.push(`--${name}=${words[name]}`);
    }
    return value;
  };
  const [every, sample, seed, jobs] = [number("every"), number("sample"), number("seed"), number("jobs")];
  const places: string[] = words._.map(String);
  unknown.push(...places.filter((place) => !FOLDERS.includes(place.split("/")[0])));
  if (unknown.length > 0) {
    console.error(`mutants: cannot make sense of: ${unknown.join(", ")}`);
    Deno.exit(1);
  }
  return { list: words.list, every, sample, seed, jobs, record: words.record, places };
}

/** The texts of the files, by their names. */
async function readEngine(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const folder of FOLDERS) {
    for (const { name } of Deno.readDirSync(`${ROOT}src/engine/${folder}`)) {
      const file = `${folder}/${name}`;
      texts.set(file.replace(/\.ts$/, ""), await Deno.readTextFile(`${ROOT}src/engine/${file}`));
    }
  }
  return new Map([...texts].sort(([a], [b]) => a < b ? -1 : 1));
}

/** A random order, by a linear congruential generator. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return items.map((item) => ({ item, place: random() })).sort((a, b) => a.place - b.place).map(({ item }) =>
    item
  );
}

function isAt({ file, line }: Mutant, place: string): boolean {
  return file === place || file.startsWith(`${place}/`) || `${file}:${line}` === place;
}

/** The recorded results, by mutant. */
async function readRecord(record: string | undefined): Promise<Map<string, boolean>> {
  const known = new Map<string, boolean>();
  if (record === undefined) return known;
  await using file = await Deno.open(record, { read: true, write: true, create: true });
  const text = await new Response(file.readable).text();
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const { noticed, ...mutant }: Result = JSON.parse(line);
    known.set(keyOf(mutant), noticed);
  }
  return known;
}

function keyOf({ file, line, before, after }: Mutant): string {
  return JSON.stringify([file, line, before, after]);
}

/** Tries mutants, and gives the results in no order. */
async function tryAll(
  mutants: readonly Mutant[],
  texts: ReadonlyMap<string, string>,
  { jobs, record }: Words,
): Promise<Result[]> {
  const known = await readRecord(record);
  const results: Result[] = [];
  const untried: Mutant[] = [];
  for (const mutant of mutants) {
    const noticed = known.get(keyOf(mutant));
    if (noticed === undefined) untried.push(mutant);
    else results.push({ ...mutant, noticed });
  }
  const queue = untried.values();
  const work = async () => {
    const trial = await Trial.prepare(ROOT);
    for (const mutant of queue) {
      const result = { ...mutant, noticed: await trial.isNoticed(mutant, texts.get(mutant.file)!) };
      results.push(result);
      if (record !== undefined) {
        await Deno.writeTextFile(record, `${JSON.stringify(result)}\n`, { append: true });
      }
    }
    await trial.remove();
  };
  if (untried.length > 0) await Promise.all(Array.from({ length: jobs }, work));
  return results;
}

function share(results: readonly Result[]): string {
  const noticed = results.filter((result) => result.noticed).length;
  const percent = Math.floor(noticed / results.length * 1000) / 10;
  return `${noticed} of ${results.length} noticed (${percent.toFixed(1)} %)`;
}

function print(results: readonly Result[], files: readonly string[]): void {
  const width = Math.max(...files.map((file) => file.length));
  for (const name of [...files, ...FOLDERS]) {
    const own = results.filter((result) => isAt(result, name));
    if (own.length > 0) console.log(`${name.padEnd(width)}  ${share(own)}`);
    for (const { line, before, after } of own.filter(({ file, noticed }) => file === name && !noticed)) {
      console.log(`  ${line}\n    - ${before.trim()}\n    + ${after.trim()}`);
    }
  }
  console.log(`${"all".padEnd(width)}  ${share(results)}`);
}

async function main(): Promise<void> {
  const words = readWords();
  const { list, every, sample, seed, places } = words;
  const texts = await readEngine();
  const all = [...texts].flatMap(([file, text]) => mutantsOf(file, text))
    .filter((mutant) => !isEquivalent(mutant))
    .filter((mutant) => places.length === 0 || places.some((place) => isAt(mutant, place)))
    .filter((_, index) => index % every === 0);
  const mutants = sample === Infinity ? all : shuffled(all, seed).slice(0, sample);
  if (list) {
    for (const { file, line, after } of mutants) console.log(`${file}:${line}  ${after.trim()}`);
    return;
  }
  if (mutants.length === 0) throw new Error(`No mutants in ${places.join(", ")}`);
  const results = await tryAll(mutants, texts, words);
  print(results.toSorted((a, b) => a.line - b.line), [...texts.keys()]);
}

leaveNothingBehind();
await main();
