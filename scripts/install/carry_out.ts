/** Installs the files, and removes them. */

import type { InstalledFile } from "./files.ts";
import { isLauncher, isProgramLink } from "./launchers.ts";

/** The name of a file that belongs to another program. */
export class ForeignFileError extends Error {
  override readonly name = "ForeignFileError";
  readonly path: string;

  constructor(path: string) {
    super(`${path} exists and is not a link to this program: remove it first, or use --without-shutdown`);
    this.path = path;
  }
}

/**
 * Writes all files. If one of them would replace a file of another init, it writes nothing and throws
 * `ForeignFileError`.
 *
 * @param destination the prefix of every path
 * @param written receives the path of each file
 */
export function install(
  files: readonly InstalledFile[],
  destination: string,
  written: (path: string) => void,
): void {
  const foreign = files.find((file) => isForeign(file, destination));
  if (foreign !== undefined) throw new ForeignFileError(destination + foreign.path);
  for (const file of files) {
    const path = destination + file.path;
    Deno.mkdirSync(directoryOf(path), { recursive: true });
    put(file, path);
    written(path);
  }
}

/**
 * Removes the installed files. A program that belongs to another init stays, and so does its manual page. Directories
 * stay, because they are shared.
 *
 * @param removed receives the path of each file
 */
export function uninstall(
  files: readonly InstalledFile[],
  destination: string,
  removed: (path: string) => void,
): void {
  const foreign = new Set(files.filter((file) => isForeign(file, destination)).map(({ path }) => path));
  for (const file of files) {
    const path = destination + file.path;
    if (foreign.has(file.pageOf ?? file.path) || information(path) === undefined) continue;
    Deno.removeSync(path);
    removed(path);
  }
}

/** Replaces the file in one step: it may be running, or be a link into another program that must not be overwritten. */
function put({ content, executable }: InstalledFile, path: string): void {
  const fresh = `${path}.new`;
  if (information(fresh) !== undefined) Deno.removeSync(fresh);
  if ("linkTo" in content) {
    Deno.symlinkSync(content.linkTo, fresh);
  } else {
    if ("text" in content) Deno.writeTextFileSync(fresh, content.text);
    else Deno.copyFileSync(content.copyOf, fresh);
    Deno.chmodSync(fresh, executable ? 0o755 : 0o644);
  }
  Deno.renameSync(fresh, path);
}

function isForeign({ path, contested }: InstalledFile, destination: string): boolean {
  const found = contested ? information(destination + path) : undefined;
  if (found === undefined) return false;
  if (found.isSymlink) return !isProgramLink(Deno.readLinkSync(destination + path));
  return !found.isFile || !isLauncher(Deno.readTextFileSync(destination + path));
}

/** The file at a path, without following a link; undefined if there is none. */
function information(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
