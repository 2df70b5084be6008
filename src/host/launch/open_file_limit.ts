/**
 * The limit of open files. The daemon raises its own, since it has a descriptor for each service that it reads from.
 * Services get the one that the daemon was started with: programs that use `select` fail with large numbers, and some
 * close every number that they may have. Deno itself, run from sources, raises the limit before any module is loaded.
 */

import type { FileAccess } from "../../description/mod.ts";
import { type Library, type Limit, OpenFiles, SystemCallError } from "../../system/mod.ts";

/** Programs that raise the limit for themselves when they start, and hand the raised one on. */
const RAISERS: ReadonlySet<string> = new Set(["deno", "node"]);
/** How far to look for the process that did not. */
const MAX_ANCESTORS = 16;

/** How the limit is found out. */
export interface LimitSources {
  /** The limit of a process; `undefined` if it may not be told. */
  limitOf(pid?: number): Limit | undefined;
  /** What is known of an ancestor: its program's name, and its parent; `undefined` if nothing is. */
  process(pid: number): { readonly program: string; readonly parent: number } | undefined;
  /** The parent of the daemon. */
  readonly parent: number;
  /** The runtime has raised the limit for itself. */
  readonly raised: boolean;
}

/**
 * The limit that services get. Where the runtime has raised it, nothing in the daemon tells what it was: then it is the
 * one of the nearest ancestor that has not raised its own. That is right unless the limit was changed in between.
 */
export function limitAtStart(sources: LimitSources): Limit | undefined {
  const own = sources.limitOf();
  if (own === undefined || !sources.raised || own.soft !== own.hard) return own;
  let pid = sources.parent;
  for (let steps = 0; steps < MAX_ANCESTORS && pid > 0; steps++) {
    const limit = sources.limitOf(pid);
    // With another upper end it was set on purpose, somewhere below.
    if (limit === undefined || limit.hard !== own.hard) break;
    if (limit.soft < limit.hard) return limit;
    const process = sources.process(pid);
    if (process === undefined || !RAISERS.has(process.program)) break;
    pid = process.parent;
  }
  return own;
}

/** The daemon's limit, and that of the processes that it starts. */
export class OpenFileLimit {
  readonly #limits: OpenFiles;
  readonly #files: FileAccess;
  #own: Limit | undefined;
  #given: Limit | undefined;

  constructor(library: Library, files: FileAccess) {
    this.#limits = new OpenFiles(library);
    this.#files = files;
  }

  /** The soft limit that processes get, if that is another one than the daemon's. */
  get given(): bigint | undefined {
    return this.#given?.soft;
  }

  /** Raises the limit of the daemon as far as it may be. */
  raise(): void {
    const given = limitAtStart({
      limitOf: (pid) => this.#limits.limitOf(pid),
      process: (pid) => processOf(pid, this.#files),
      parent: Deno.ppid,
      raised: !Deno.build.standalone,
    });
    if (given === undefined || given.soft >= given.hard) return; // services get the same one
    const own = { soft: given.hard, hard: given.hard };
    try {
      this.#limits.set(own);
    } catch (error) {
      if (error instanceof SystemCallError) return; // the system allows less by now
      throw error;
    }
    this.#own = own;
    this.#given = given;
  }

  /**
   * Starts a process that gets the limit which the daemon was started with. What is open stays open; what is opened
   * meanwhile, also by another thread of the runtime, fails if that would be more than this limit.
   */
  whileLowered<T>(start: () => T): T {
    if (this.#own === undefined || this.#given === undefined) return start();
    this.#limits.set(this.#given);
    try {
      return start();
    } finally {
      this.#limits.set(this.#own);
    }
  }

  /** Gives the daemon the limit back that it was started with. */
  lower(): void {
    if (this.#given !== undefined) this.#limits.set(this.#given);
    this.#own = this.#given = undefined;
  }
}

function processOf(pid: number, files: FileAccess): { program: string; parent: number } | undefined {
  try {
    const path = files.linkAt(`/proc/${pid}/exe`);
    const status = new TextDecoder().decode(files.read(`/proc/${pid}/status`));
    const parent = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
    return { program: path.slice(path.lastIndexOf("/") + 1), parent };
  } catch (error) {
    if (error instanceof Error) return undefined; // it has ended, or is of another user
    throw error;
  }
}
