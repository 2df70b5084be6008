/** Reads the starts that a daemon and those before it have kept (`src/daemon/start_keeper.ts: StartKeeper`). */

import { EARLIER_STARTS, type KeptStart, unpackedStart } from "../model/kept_start.ts";
import { type Overview, reasonText } from "../model/mod.ts";
import { SavedStateError } from "../model/saving.ts";
import type { StartRecords } from "./start_analysis.ts";

/** A kept start cannot be read. */
export class KeptStartError extends Error {
  override readonly name = "KeptStartError";
  /** The file or folder. */
  readonly path: string;

  constructor(path: string, reason: string, cause: unknown) {
    super(`cannot read ${path}: ${reason}`, { cause });
    this.path = path;
  }
}

/**
 * The files of the starts before that of the daemon, the last one first: the first is that of `--boot=-1`. Throws
 * `KeptStartError` if the folder exists and cannot be read.
 */
export function earlierStarts(
  { folder, own = Infinity }: NonNullable<Overview["daemon"]["starts"]>,
): string[] {
  const numbers: number[] = [];
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      const [, number] = /^(\d{1,9})\.json$/.exec(name) ?? [];
      if (number !== undefined && Number(number) < own) numbers.push(Number(number));
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new KeptStartError(folder, reasonText(error), error);
  }
  return numbers.sort((a, b) => b - a).slice(0, EARLIER_STARTS).map((number) => `${folder}/${number}.json`);
}

/** The start in a file. Throws `KeptStartError`. */
export function readKeptStart(path: string): KeptStart {
  try {
    return unpackedStart(JSON.parse(Deno.readTextFileSync(path)));
  } catch (error) {
    if (error instanceof SavedStateError) {
      throw new KeptStartError(path, `it is damaged: ${error.path} ${error.problem}`, error);
    }
    if (error instanceof SyntaxError) throw new KeptStartError(path, "it is damaged: it is not JSON", error);
    throw new KeptStartError(path, reasonText(error), error);
  }
}

/** What an analysis needs of a kept start. */
export function keptRecords({ times, edges, phases, checked }: KeptStart): StartRecords {
  return { times, edges, phases, checked: new Set(checked) };
}
