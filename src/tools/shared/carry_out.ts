/** What import and export do with their result: they write or show the files, print the account, and say what was lost. */

import { encodeBytes, missingGrantText } from "../../model/mod.ts";
import type { FileRecord, InputFile } from "./account.ts";
import { reportText } from "./report.ts";
import { type FileText, WriteError, writeStaged } from "../../description/staged_files.ts";
import { UsageError } from "./usage_error.ts";

/** The document of `--json`. */
export interface AccountDocument {
  readonly files: readonly FileRecord[];
}

/** Where the output goes. */
export interface ToolIo {
  out(text: string): void;
  err(text: string): void;
}

/** How to carry out a result. */
export interface CarryOutOptions {
  /** The target folder; `undefined` to show the files. */
  readonly folder: string | undefined;
  /** The folder that the account names in front of files. @default none */
  readonly shownFolder?: string;
  readonly json: boolean;
  readonly strict: boolean;
  readonly force: boolean;
}

/** Something has no counterpart. */
const LOST = 3;

/** Writes or shows the files and the account. Returns the exit status. Throws `WriteError`. */
export function carryOut(
  inputs: readonly InputFile[],
  files: readonly FileText[],
  { folder, shownFolder = folder, json, strict, force }: CarryOutOptions,
  io: ToolIo,
): number {
  if (folder !== undefined) writeStaged(folder, files, { force });
  const place = (name: string) =>
    shownFolder === undefined ? name : `${shownFolder.replace(/\/+$/, "")}/${name}`;
  const document: AccountDocument = { files: inputs.map((input) => input.record(place)) };
  if (json) io.out(`${JSON.stringify(document)}\n`);
  else io.out((folder === undefined ? shown(files) : "") + reportText(document.files));
  const isLost = document.files.some(({ directives }) => directives.some((one) => one.class === "none"));
  if (!isLost) return 0;
  return strict ? 1 : LOST;
}

function shown(files: readonly FileText[]): string {
  return files.map(({ name, text }) => `==> ${name} <==\n${text}\n`).join("");
}

/** Runs a tool, and reports its expected failures in one line: those of this folder, and its own kinds. */
export async function reportFailures(
  tool: string,
  io: ToolIo,
  own: readonly (new (...args: never[]) => Error)[],
  run: () => Promise<number>,
): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof UsageError) io.err(`${error.message}\n`);
    else if (error instanceof WriteError || own.some((kind) => error instanceof kind)) {
      io.err(`${tool}: ${error.message}\n`);
    } else if (error instanceof Deno.errors.NotCapable) io.err(`${tool}: ${missingGrantText(error)}\n`);
    else throw error;
    return 1;
  }
}

/** The output of this process. The reader of a pipe may be gone. */
export function processToolIo(): ToolIo {
  return {
    out: (text) => write(Deno.stdout, text),
    err: (text) => write(Deno.stderr, text),
  };
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    for (let rest = encodeBytes(text); rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
