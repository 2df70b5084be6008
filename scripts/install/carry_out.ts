/** Puts the files of an installation in place, and removes them. */

import type { InstalledFile } from "./files.ts";
import { isLauncher, isProgramLink } from "./launchers.ts";

/** The name of a file that something else owns. */
export class ForeignFileError extends Error {
  override readonly name = "ForeignFileError";
  readonly path: string;

  constructor(path: string) {
    super(`${path} exists and is not a link to this program: remove it first, or use --without-shutdown`);
    this.path = path;
  }
}

/**
 * Writes all files; nothing, if one of them would replace what another init has under its name: throws
 * `ForeignFileError` then.
 *
 * @param destination in front of every path
 * @param written is told the path of each file
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
 * Removes the files that are there. A program that another init has put in the place of ours stays, and so does its
 * manual page. Directories stay: they are shared.
 *
 * @param removed is told the path of each file
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

/**
 * The file appears complete and at once: it may be running, or be a link into another program that must not be
 * written through.
 */
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

/** What is at a path, be it a link; undefined: nothing. */
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
