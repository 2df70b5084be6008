/**
 * What processes of the command host must not inherit: signals that were ignored when the daemon was started,
 * descriptors that the daemon was started with, and the raised limit of open files. The last two need the C library;
 * without it they are inherited.
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

/** A command that executes a program with a different soft limit of open files. */
const limitLink = (soft: bigint) => ["/bin/sh", "-c", 'ulimit -S -n "$0" && exec "$@"', `${soft}`];

/** Keeps properties of the daemon away from its processes. */
export class KeptBack {
  readonly #signals = new NotIgnored();
  #openFiles: OpenFileLimit | undefined;

  /** Begins. */
  begin(): void {
    this.#signals.begin();
    const library = libraryIfGranted();
    if (library === undefined) return;
    new Processes(library).keepDescriptors();
    this.#openFiles = new OpenFileLimit(library, new WholeFiles(library, new Files(library)));
    this.#openFiles.raise();
  }

  /** Restores the original state of the daemon. */
  end(): void {
    this.#signals.end();
    this.#openFiles?.lower();
  }

  /**
   * Starts a process. The runtime opens pipes for it. If the daemon already has more open files than the lowered limit,
   * this would fail; then a shell between the daemon and the program lowers the limit.
   *
   * @param start starts a process; these words go in front of its command
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
