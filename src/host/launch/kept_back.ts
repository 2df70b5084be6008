/**
 * What processes of the command host are not to inherit: signals that the daemon was started to ignore, descriptors that
 * it was started with, and the limit of open files that it has raised for itself. The latter two need the C library, and
 * are left as they are without it.
 */

import { Errno, errnoOf } from "../../model/mod.ts";
import {
  Files,
  LibcUnavailableError,
  type Library,
  openLibrary,
  Processes,
  WholeFiles,
} from "../../system/mod.ts";
import { NotIgnored } from "./not_ignored.ts";
import { OpenFileLimit } from "./open_file_limit.ts";

const { EMFILE } = Errno;

/** Words that execute a program with another soft limit of open files. */
const limitLink = (soft: bigint) => ["/bin/sh", "-c", 'ulimit -S -n "$0" && exec "$@"', `${soft}`];

/** Keeps things of the daemon from its processes. */
export class KeptBack {
  readonly #signals = new NotIgnored();
  #openFiles: OpenFileLimit | undefined;

  /** From now on. */
  begin(): void {
    this.#signals.begin();
    const library = libraryIfGranted();
    if (library === undefined) return;
    new Processes(library).keepDescriptors();
    this.#openFiles = new OpenFileLimit(library, new WholeFiles(library, new Files(library)));
    this.#openFiles.raise();
  }

  /** Gives the daemon back what it was started with. */
  end(): void {
    this.#signals.end();
    this.#openFiles?.lower();
  }

  /**
   * Starts a process. The runtime opens pipes for it, which cannot be done while the limit is lowered if the daemon has
   * more open than that. Then a shell lowers it, between the daemon and the program.
   *
   * @param start starts a process with these words in front of its own
   */
  launch<T>(start: (words: readonly string[]) => T): T {
    const openFiles = this.#openFiles;
    if (openFiles?.given === undefined) return start([]);
    try {
      return openFiles.whileLowered(() => start([]));
    } catch (error) {
      if (!(error instanceof Error) || errnoOf(error) !== EMFILE) throw error;
      return start(limitLink(openFiles.given));
    }
  }
}

function libraryIfGranted(): Library | undefined {
  try {
    return openLibrary();
  } catch (error) {
    if (error instanceof LibcUnavailableError) return undefined;
    throw error;
  }
}
