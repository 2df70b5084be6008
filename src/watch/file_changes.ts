/** Reports changes of the files that match patterns, also in folders that are made, removed or replaced meanwhile. */

import { findFolders, folderOf, type Found, isFolder, MOST_FOLDERS } from "./folders.ts";
import type { Patterns } from "./patterns.ts";

/** How long events of folders are collected before the tree is looked at again, in milliseconds. */
const LOOK_PAUSE = 50;

/** Who hears about the files. */
export interface ChangeListener {
  /** A file that matches was written, made, moved or removed. The path is absolute. */
  changed(path: string): void;
  /** The files are watched now, for the first time. */
  begun(found: Found): void;
  /** The files cannot be watched, or not all of them. */
  trouble(text: string): void;
}

/**
 * Watches single folders and not whole trees: the runtime would also watch what is ignored, such as `node_modules`. A
 * watcher has one thread and one descriptor, whatever it watches.
 */
export class FileChanges {
  readonly #patterns: Patterns;
  readonly #listener: ChangeListener;
  #watcher: Deno.FsWatcher | undefined;
  #found: Found = { folders: new Set(), files: new Map(), tooMany: false };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #lookAgain = false;
  #closed = false;
  #begun = false;
  /** How long the last look took, in milliseconds. */
  #duration = 0;
  readonly #troubles = new Set<string>();

  /** Begins to watch. */
  constructor(patterns: Patterns, listener: ChangeListener) {
    this.#patterns = patterns;
    this.#listener = listener;
    void this.#look();
  }

  /** Ends the watch. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Looks which folders there are, and watches those. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    do {
      this.#lookAgain = false;
      await this.#lookOnce();
    } while (this.#lookAgain && !this.#closed);
    this.#looking = false;
  }

  async #lookOnce(): Promise<void> {
    const begin = performance.now();
    const before = this.#found;
    let found = await findFolders(this.#patterns);
    if (this.#closed) return;
    if (!this.#begun || !isSame(before.folders, found.folders)) {
      this.#watch(found);
      found = await findFolders(this.#patterns); // what came while the new watcher began
      if (this.#closed) return;
    }
    this.#found = found;
    this.#duration = performance.now() - begin;
    if (found.tooMany) {
      this.#complain(
        `only the first ${MOST_FOLDERS} folders are watched: narrow the patterns, or exclude some with '!'`,
      );
    }
    if (!this.#begun) {
      this.#begun = true;
      this.#listener.begun(found);
      return;
    }
    for (const path of found.files.keys()) {
      if (!before.files.has(path)) this.#listener.changed(path);
    }
    for (const path of before.files.keys()) {
      if (!found.files.has(path)) this.#listener.changed(path);
    }
  }

  /** The new watcher begins before the old one ends, so that nothing is missed. */
  #watch({ folders }: Found): void {
    const old = this.#watcher;
    try {
      const watcher = Deno.watchFs([...folders], { recursive: false });
      this.#watcher = watcher;
      void this.#follow(watcher);
      old?.close();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof Deno.errors.NotFound) this.#soon(); // a folder has just been removed
      else this.#complain(troubleText(error, folders));
    }
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const { kind, paths, flag } of watcher) {
        if (this.#closed) return;
        if (kind === "access") continue;
        // The kernel has dropped events, because there were too many.
        if (flag === "rescan") this.#listener.changed(this.#patterns.included[0].base);
        for (const path of paths) this.#event(kind, path);
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (this.#watcher !== watcher || this.#closed) return;
      this.#complain(`watching ended: ${error.message}`);
    }
  }

  #event(kind: Deno.FsEvent["kind"], path: string): void {
    const { files, folders } = this.#found;
    if (files.has(path)) {
      if (kind === "remove") files.delete(path);
      this.#listener.changed(path);
    } else if (folders.has(path)) {
      if (kind !== "modify") this.#soon();
    } else if (this.#patterns.matches(path)) {
      this.#soon(); // a file that is new, or a folder
    } else if (kind !== "modify" && kind !== "remove" && this.#patterns.enters(path)) {
      void this.#lookIfFolder(path);
    }
  }

  async #lookIfFolder(path: string): Promise<void> {
    if (await isFolder(path)) this.#soon();
  }

  /** Looks again, but spends no more than a tenth of the time with that. */
  #soon(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, Math.max(LOOK_PAUSE, 10 * this.#duration));
  }

  /** Once for each trouble. */
  #complain(text: string): void {
    if (this.#troubles.has(text)) return;
    this.#troubles.add(text);
    this.#listener.trouble(text);
  }
}

function isSame(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((one) => others.has(one));
}

function troubleText(error: Error, folders: ReadonlySet<string>): string {
  if (error instanceof Deno.errors.NotCapable) {
    const tops = [...folders].filter((folder) => !folders.has(folderOf(folder)));
    return `files cannot be watched: grant --allow-read=${tops.join(",")}`;
  }
  return `files cannot be watched: ${error.message}`;
}
