/** Reading the files of an import. Nothing is read that is larger than anybody writes by hand. */

import { decodeBytes, reasonText } from "../../model/mod.ts";

/** More than any file that is written by hand, in bytes. */
const LARGEST_INPUT = 4 * 1024 ** 2;

/** A file cannot be read, or makes no sense as a whole. The message is complete, without the tool's name. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** The text of a file, without a byte order mark; bytes that are not UTF-8 are kept. Throws `InputError`. */
export function readInput(path: string): string {
  let bytes: Uint8Array;
  try {
    using file = Deno.openSync(path);
    const { isFile, size } = file.statSync();
    if (!isFile) throw new InputError(`Cannot read ${path}: it is not a file`);
    if (size > LARGEST_INPUT) {
      throw new InputError(
        `Cannot read ${path}: it has ${size} bytes, and at most ${LARGEST_INPUT} are read`,
      );
    }
    bytes = Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error)) throw error;
    throw new InputError(`Cannot read ${path}: ${reasonText(error)}`, { cause: error });
  }
  return decodeBytes(bytes).replace(/^\uFEFF/, "");
}

/** The names in a folder, sorted; none if it does not exist or is no folder. Throws `InputError`. */
export function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    if (!(error instanceof Error)) throw error;
    throw new InputError(`Cannot read ${folder}: ${reasonText(error)}`, { cause: error });
  }
}

/** What a path is, behind symbolic links. */
export function kindOfPath(path: string): "file" | "folder" | undefined {
  try {
    return Deno.statSync(path).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Error) return undefined; // missing or hidden: reading it will tell
    throw error;
  }
}

/** The last part of a path, without slashes at its end. */
export function lastPart(path: string): string {
  return path.replace(/\/+$/, "").replace(/^.*\//, "");
}

/** The folder of a path, with a slash at its end; empty for the working directory. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
