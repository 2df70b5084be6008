/**
 * Mutation test of the engine's state machine: changes the transitions in one place at a time and checks
 * whether the tests fail. It works in a copy; nothing in the project changes.
 *
 *     deno run --lock=deno.lock --frozen -A scripts/mutants.ts [--list] [--every=N] [FILE:LINE ...]
 *
 * Prints the mutants that no test noticed, and the share of noticed mutants. With FILE:LINE it tries only the
 * mutants of these lines, with --every only each Nth.
 */

import { parseArgs } from "@std/cli/parse-args";
import { leaveNothingBehind } from "./process_guard.ts";

/** The files with the transitions, below `src/engine`. */
const FILES = [
  "launcher/launcher",
  "launcher/process_events",
  "launcher/process_service",
  "launcher/restart_policy",
  "launcher/scripted_service",
  "lifecycle/agenda",
  "lifecycle/console",
  "lifecycle/ending",
  "lifecycle/haste",
  "lifecycle/lifecycle",
  "lifecycle/starting",
  "lifecycle/stopping",
  "lifecycle/waits",
];
const ROOT = new URL("..", import.meta.url).pathname;
/** Longer than any run of the tests that terminates, in milliseconds. */
const TIME_LIMIT = 120_000;
/** The number of mutants to try at the same time. */
const WORKERS = navigator.hardwareConcurrency;

interface Mutant {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** Text and its replacement, applied to one occurrence at a time. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ > 0/g, " >= 0"],
  [/ > 1/g, " > 0"],
  [/\b(?:true)\b/g, "false"],
  [/\b(?:false)\b/g, "true"],
  [/!(?=[a-z(#])/g, ""],
  [/ \+= 1/g, " -= 1"],
  [/ -= 1/g, " += 1"],
  [/\bSTARTED\b/g, "STOPPED"],
  [/"down"/g, '"half"'],
  [/"half"/g, '"up"'],
];

/** All mutants of a file's text. */
function mutantsOf(file: string, text: string): Mutant[] {
  const found: Mutant[] = [];
  const lines = text.split("\n");
  const begin = lines.findIndex((line) => /^export (?:class|function|const)/.test(line));
  for (const [index, before] of lines.entries()) {
    const isCode = index > begin && !/^\s*(\/\*\*|\*|\/\/|readonly|export|import|constructor|})/.test(before);
    if (!isCode) continue;
    const [code, comment = ""] = before.split(/(?= \/\/ )/);
    const add = (after: string) => found.push({ file, line: index + 1, before, after: after + comment });
    for (const [pattern, replacement] of REPLACEMENTS) {
      for (const match of code.matchAll(pattern)) {
        add(code.slice(0, match.index) + replacement + code.slice(match.index + match[0].length));
      }
    }
    if (/^\s+(?!const|let|return|this\.#\w+ = )[a-z].*;$/.test(code)) add(dropped(code));
  }
  return found;
}

/** The line without its statement; its condition, such as `if (…)` or `else`, stays. */
function dropped(code: string): string {
  const head = /^\s*(?:(?:else )?if \(.*?\)(?= [a-z])|else(?= [a-z])|for \(.*?\)(?= [a-z]))/.exec(code)?.[0];
  return head === undefined ? code.replace(/\S.*/, ";") : `${head} {}`;
}

/** Runs the tests against one mutant in a copy of the project; true if they fail. */
async function isNoticed(mutant: Mutant, copy: string, original: string): Promise<boolean> {
  const path = `${copy}/src/engine/${mutant.file}.ts`;
  const lines = original.split("\n");
  lines[mutant.line - 1] = mutant.after;
  await Deno.writeTextFile(path, lines.join("\n"));
  try {
    return await isNoticedIn(copy);
  } finally {
    await Deno.writeTextFile(path, original);
  }
}

/** Whether the tests fail in this copy. */
async function isNoticedIn(copy: string): Promise<boolean> {
  return !(await passes(copy, "tests/engine", "1")) || !(await passes(copy, "tests/property", "0.3"));
}

async function passes(copy: string, tests: string, effort: string): Promise<boolean> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIME_LIMIT);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-read", "--allow-write", "--allow-env", "--no-check", "--fail-fast", tests],
    cwd: copy,
    env: { DINIT_PROPERTY_RUNS: effort },
    stdout: "null",
    stderr: "null",
    signal: abort.signal,
  });
  const { success } = await command.output();
  clearTimeout(timer);
  return success;
}

async function copyProject(): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "mutants-" });
  const wanted = [
    "deno.json",
    "import_map.json",
    "deno.lock",
    "docs",
    "scripts",
    "src",
    "tests/engine",
    "tests/property",
    "tests/_patience.ts",
    "tests/_processes.ts",
    "tests/random.ts",
  ];
  await Deno.mkdir(`${copy}/tests`);
  for (const name of wanted) {
    const { success } = await new Deno.Command("cp", { args: ["-r", ROOT + name, `${copy}/${name}`] })
      .output();
    if (!success) throw new Error(`Cannot copy ${name} to ${copy}`);
  }
  return copy;
}

interface Words {
  readonly list: boolean;
  readonly every: number;
  /** FILE:LINE; empty: all. */
  readonly places: readonly string[];
}

/** Ends the program where the command line makes no sense. */
function readWords(): Words {
  const unknown: string[] = [];
  const words = parseArgs(Deno.args, {
    boolean: ["list"],
    string: ["every"],
    default: { every: "1" },
    unknown: (word: string) => {
      if (/^-|^[^:]*$/.test(word)) unknown.push(word);
      return true;
    },
  });
  const every = Number(words.every);
  if (!Number.isInteger(every) || every < 1) unknown.push(`--every=${words.every}`);
  if (unknown.length > 0) {
    console.error(`mutants: cannot make sense of: ${unknown.join(", ")}`);
    Deno.exit(1);
  }
  return { list: words.list, every, places: words._.map(String) };
}

async function main(): Promise<void> {
  const { list, every, places } = readWords();
  const originals = new Map<string, string>();
  for (const file of FILES) originals.set(file, await Deno.readTextFile(`${ROOT}src/engine/${file}.ts`));
  const mutants = [...originals].flatMap(([file, text]) => mutantsOf(file, text))
    .filter(({ file, line }) => places.length === 0 || places.includes(`${file}:${line}`))
    .filter((_, index) => index % every === 0);
  if (list) {
    for (const { file, line, after } of mutants) console.log(`${file}:${line}  ${after.trim()}`);
    return;
  }
  const survivors: Mutant[] = [];
  const queue = mutants.values();
  const work = async () => {
    const copy = await copyProject();
    if (await isNoticedIn(copy)) throw new Error("Cannot judge mutants: the tests fail without any");
    for (const mutant of queue) {
      if (await isNoticed(mutant, copy, originals.get(mutant.file)!)) continue;
      survivors.push(mutant);
      console.log(`${mutant.file}:${mutant.line}\n  - ${mutant.before.trim()}\n  + ${mutant.after.trim()}`);
    }
    await Deno.remove(copy, { recursive: true });
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const noticed = mutants.length - survivors.length;
  console.log(`${noticed} of ${mutants.length} noticed (${Math.round((noticed / mutants.length) * 100)} %)`);
}

leaveNothingBehind();
await main();
