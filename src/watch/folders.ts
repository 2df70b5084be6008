/** Finds the folders that have to be watched, and the files in them, without following symbolic links. */

import type { Patterns } from "./patterns.ts";

/** More folders than this are a mistake in the pattern, and would exhaust what the kernel allows a user. */
export const MOST_FOLDERS = 5000;

/** What was found. */
export interface Found {
  /** The folders whose entries have to be watched. */
  readonly folders: ReadonlySet<string>;
  /** The files that match, with the time of their last change, in milliseconds since 1970. */
  readonly files: Map<string, number>;
  /** There are more folders than can be watched. */
  readonly tooMany: boolean;
}

/** Walks below the bases of the patterns. A base that does not exist is replaced by the nearest folder that does. */
export async function findFolders(patterns: Patterns): Promise<Found> {
  const walk = new Walk(patterns);
  for (const { base } of patterns.included) await walk.begin(base);
  return walk;
}

class Walk implements Found {
  readonly folders = new Set<string>();
  readonly files = new Map<string, number>();
  tooMany = false;
  readonly #patterns: Patterns;

  constructor(patterns: Patterns) {
    this.#patterns = patterns;
  }

  async begin(base: string): Promise<void> {
    const info = await statOf(base);
    // The folder above tells when the base is removed, made again or replaced by another file.
    await this.#addNearest(folderOf(base));
    if (info?.isDirectory) await this.#enter(base);
    else if (info?.isFile) this.#addFile(base, info);
  }

  async #addNearest(folder: string): Promise<void> {
    for (let at = folder;; at = folderOf(at)) {
      if ((await statOf(at))?.isDirectory) return void this.folders.add(at);
      if (at === "/") return;
    }
  }

  async #enter(top: string): Promise<void> {
    const waiting = [top];
    const seen = new Set<string>();
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      if (seen.has(folder)) continue;
      seen.add(folder);
      this.folders.add(folder);
      if (this.folders.size > MOST_FOLDERS) {
        this.tooMany = true;
        return;
      }
      for (const entry of await entriesOf(folder)) {
        const path = folder === "/" ? `/${entry.name}` : `${folder}/${entry.name}`;
        if (entry.isDirectory && this.#patterns.enters(path)) waiting.push(path);
        else if (!entry.isDirectory && this.#patterns.matches(path)) this.#addFile(path, await statOf(path));
      }
    }
  }

  #addFile(path: string, info: Deno.FileInfo | undefined): void {
    if (info !== undefined && this.#patterns.matches(path)) this.files.set(path, info.mtime?.getTime() ?? 0);
  }
}

/** The folder of an absolute path. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Whether there is a folder at this path. */
export async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory === true;
}

/** A file may be gone at any moment. A missing grant is told by the watcher. */
async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}

async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return []; // it is gone, or may not be read
  }
}
