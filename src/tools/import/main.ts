/** `dinit import`: makes service descriptions from files of other programs, with an account of every directive. */

import { encodeBytes, missingGrantText, typed } from "../../model/mod.ts";
import type { ImportKind, ImportOptions } from "../../options/dinit_import.ts";
import { UsageError } from "../shared/usage_error.ts";
import { WriteError, writeStaged } from "../shared/staged_files.ts";
import type { FileRecord } from "./account.ts";
import { scanImportArguments } from "./arguments.ts";
import { InputError, kindOfPath, namesIn } from "./input_files.ts";
import { guessKind, IMPORTERS } from "./kinds.ts";
import { settleRelations } from "./relations.ts";
import { reportText } from "./report.ts";
import type { ImportResult, OutputFile } from "./result.ts";

/** The document of `--json`. */
export interface ImportRecord {
  readonly files: readonly FileRecord[];
}

/** Where the output goes. */
export interface ImportIo {
  out(text: string): void;
  err(text: string): void;
}

/** Something has no counterpart. */
const LOST = 3;

/**
 * Runs `dinit import` with the given arguments, without the program's name. Returns the exit status: 0; 3 if a
 * directive has no counterpart (1 with `--strict`); 1 for an error, after which nothing was written.
 *
 * @param io the surroundings. @default those of this process
 */
export async function runImport(args: readonly string[], io: ImportIo = processIo()): Promise<number> {
  try {
    const options = scanImportArguments(args);
    if (!options.help) return await carryOut(options, io);
    io.out((await typed(import("./help.ts"))).importHelp());
    return 0;
  } catch (error) {
    const text = failureText(error);
    if (text === undefined) throw error;
    io.err(`${text}\n`);
    return 1;
  }
}

async function carryOut(options: ImportOptions, io: ImportIo): Promise<number> {
  const { to, dryRun, force, podman, json, strict } = options;
  const exists = (name: string) => to !== undefined && kindOfPath(`${to}/${name}`) === "file";
  const importer = await IMPORTERS[options.kind ?? kindOf(options.paths)]();
  const result = await importer(options.paths, { podman, exists });
  settleRelations(result.descriptions, exists);
  const outputs = result.outputs();
  if (!dryRun && to !== undefined) writeStaged(to, outputs, { force });
  const record = recordOf(result, to);
  if (json) io.out(`${JSON.stringify(record)}\n`);
  else io.out((dryRun ? shown(outputs) : "") + reportText(record.files));
  const isLost = record.files.some(({ directives }) => directives.some((one) => one.class === "none"));
  if (!isLost) return 0;
  return strict ? 1 : LOST;
}

/** The one kind of all paths. Throws `InputError`. */
function kindOf(paths: readonly string[]): ImportKind {
  const kinds = new Set<ImportKind>();
  for (const path of paths) {
    if (kindOfPath(path) === undefined) {
      throw new InputError(`Cannot read ${path}: no such file or directory`);
    }
    const kind = guessKind(path, namesIn);
    if (kind === undefined) {
      throw new InputError(`Cannot tell what ${path} is: name the kind, as in: dinit import systemd ${path}`);
    }
    kinds.add(kind);
  }
  if (kinds.size === 1) return [...kinds][0];
  throw new InputError(
    `These paths are of several kinds: ${[...kinds].join(", ")}. Import each kind for itself`,
  );
}

function recordOf({ inputs }: ImportResult, to: string | undefined): ImportRecord {
  const place = (output: string) => to === undefined ? output : `${to.replace(/\/+$/, "")}/${output}`;
  return { files: inputs.map((input) => input.record(place)) };
}

function shown(outputs: readonly OutputFile[]): string {
  return outputs.map(({ name, text }) => `==> ${name} <==\n${text}\n`).join("");
}

/** The message for an expected failure; `undefined` for a bug of this program. */
function failureText(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  if (error instanceof InputError || error instanceof WriteError) return `dinit-import: ${error.message}`;
  if (error instanceof Deno.errors.NotCapable) return `dinit-import: ${missingGrantText(error)}`;
  return undefined;
}

function processIo(): ImportIo {
  return {
    out: (text) => write(Deno.stdout, text),
    err: (text) => write(Deno.stderr, text),
  };
}

/** The reader of a pipe may be gone. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    for (let rest = encodeBytes(text); rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
