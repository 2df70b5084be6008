/**
 * Writes several files so that a failure leaves none of them half and restores those that were there: all texts are
 * written to a folder inside the target first, and then put in their places by renaming.
 */

import { encodeBytes, reasonText } from "../model/mod.ts";

/** A file to write. */
export interface FileText {
  /** The path in the target folder; it may have folders. */
  readonly name: string;
  readonly text: string;
  /** The permissions. @default 0o644 */
  readonly mode?: number;
}

/** Files were not written. The message is complete, without the tool's name. Nothing has changed. */
export class WriteError extends Error {
  override readonly name = "WriteError";
}

/** How many names an error message gives. */
const MOST_NAMES = 5;

/**
 * Writes the files, and makes the folders that they need.
 *
 * @param force replace files that exist. @default false
 * @throws {WriteError} A file exists, or the system refuses.
 */
export function writeStaged(folder: string, files: readonly FileText[], { force = false } = {}): void {
  const places = files.map(({ name }) => `${folder}/${name}`);
  const kept = places.filter((place) => kindOf(place) === "other" || (!force && kindOf(place) === "file"));
  if (kept.length > 0) {
    const shown = kept.slice(0, MOST_NAMES).join(", ") + (kept.length > MOST_NAMES ? ", …" : "");
    const isOther = kept.some((place) => kindOf(place) === "other");
    const why = isOther
      ? "no file can stand there; nothing was written"
      : "the file exists; nothing was written (--force replaces files)";
    throw new WriteError(`Cannot write ${shown}: ${why}`);
  }
  let stage: string | undefined;
  try {
    Deno.mkdirSync(folder, { recursive: true });
    stage = Deno.makeTempDirSync({ dir: folder, prefix: ".staged-" });
    files.forEach(({ text, mode = 0o644 }, index) =>
      Deno.writeFileSync(`${stage}/${index}`, encodeBytes(text), { mode })
    );
    placeAll(folder, files, stage);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new WriteError(`Cannot write to ${folder}: ${reasonText(error)}; nothing was changed`, {
      cause: error,
    });
  } finally {
    if (stage !== undefined) Deno.removeSync(stage, { recursive: true });
  }
}

/** Renames all files to their places. If that fails, puts everything back. */
function placeAll(folder: string, files: readonly FileText[], stage: string): void {
  const undo: (() => void)[] = [];
  try {
    files.forEach(({ name }, index) => {
      const place = `${folder}/${name}`;
      const slash = name.lastIndexOf("/");
      if (slash !== -1) Deno.mkdirSync(`${folder}/${name.slice(0, slash)}`, { recursive: true });
      const kept = `${stage}/${index}.before`;
      if (kindOf(place) !== undefined) {
        Deno.renameSync(place, kept);
        undo.push(() => Deno.renameSync(kept, place));
      }
      Deno.renameSync(`${stage}/${index}`, place);
      undo.push(() => Deno.removeSync(place));
    });
  } catch (error) {
    undo.reverse().forEach((step) => step());
    throw error;
  }
}

/** What is at a path: a file or a link, which may be replaced, or something else. */
function kindOf(path: string): "file" | "other" | undefined {
  try {
    const { isFile, isSymlink } = Deno.lstatSync(path);
    return isFile || isSymlink ? "file" : "other";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
