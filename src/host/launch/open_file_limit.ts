/**
 * The limit of open files. The daemon raises its own limit, because it has a descriptor for each service whose output
 * it reads. Services get the limit that the daemon was started with: programs that use `select` fail with large
 * numbers, and some close every possible number. From sources, Deno itself raises the limit before it loads any module.
 */

import type { FileAccess } from "../../description/mod.ts";
import { type Library, type Limit, OpenFiles, SystemCallError } from "../../system/mod.ts";

/** Programs that raise their own limit when they start, and pass the raised limit on. */
const RAISERS: ReadonlySet<string> = new Set(["deno", "node"]);
/** How far to search for an ancestor that has not raised it. */
const MAX_ANCESTORS = 16;
/** How many descriptors stay free below a lowered limit, at most. */
const MAX_ROOM = 128n;

/** The sources of the limit. */
export interface LimitSources {
  /** The limit of a process; `undefined` if it is not readable. */
  limitOf(pid?: number): Limit | undefined;
  /** The name of an ancestor's program, and its parent; `undefined` if they are unknown. */
  process(pid: number): { readonly program: string; readonly parent: number } | undefined;
  /** The parent of the daemon. */
  readonly parent: number;
  /** The runtime has raised its own limit. */
  readonly raised: boolean;
}

/**
 * The limit for services. If the runtime has raised it, the daemon cannot know the original. Then it is the limit of
 * the nearest ancestor that has not raised its own. That is right unless the limit was changed in between.
 */
export function limitAtStart(sources: LimitSources): Limit | undefined {
  const own = sources.limitOf();
  if (own === undefined || !sources.raised || own.soft !== own.hard) return own;
  let pid = sources.parent;
  for (let steps = 0; steps < MAX_ANCESTORS && pid > 0; steps++) {
    const limit = sources.limitOf(pid);
    // With another hard limit, it was set on purpose somewhere below.
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
  /** How many processes are being made. */
  #users = 0;

  constructor(library: Library, files: FileAccess) {
    this.#limits = new OpenFiles(library);
    this.#files = files;
  }

  /** The soft limit of processes, if it differs from the daemon's. */
  get given(): bigint | undefined {
    return this.#given?.soft;
  }

  /** Raises the daemon's limit as far as permitted. */
  raise(): void {
    const given = limitAtStart({
      limitOf: (pid) => this.#limits.limitOf(pid),
      process: (pid) => processOf(pid, this.#files),
      parent: Deno.ppid,
      raised: !Deno.build.standalone,
    });
    if (given === undefined || given.soft >= given.hard) return; // services get the same limit
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
   * Whether the daemon may lower its limit for longer than one call: the lowest free descriptor is far below it.
   *
   * @param fd a descriptor that was opened just now
   */
  hasRoom(fd: number): boolean {
    return this.#given === undefined || fd < roomBelow(this.#given.soft);
  }

  /**
   * While processes are made, lowers the limit to the one that the daemon was started with. Open files stay open.
   * Meanwhile, opening a file fails above this limit, also in another thread of the runtime.
   */
  enter(): void {
    if (this.#given !== undefined && this.#users === 0) this.#limits.set(this.#given);
    this.#users += 1;
  }

  /** One process has been made. After the last one, the limit is raised again. */
  leave(): void {
    this.#users -= 1;
    if (this.#own !== undefined && this.#users === 0) this.#limits.set(this.#own);
  }

  /** Whether the limit is lowered now. */
  get isLowered(): boolean {
    return this.#given !== undefined && this.#users > 0;
  }

  /** Starts a process with the limit that the daemon was started with. */
  whileLowered<T>(start: () => T): T {
    this.enter();
    try {
      return start();
    } finally {
      this.leave();
    }
  }

  /** Restores the limit that the daemon was started with. */
  lower(): void {
    if (this.#given !== undefined) this.#limits.set(this.#given);
    this.#own = this.#given = undefined;
  }
}

/** The first descriptor that is too close to a limit: the rest is for files that the daemon opens meanwhile. */
function roomBelow(limit: bigint): number {
  const room = limit / 4n;
  return Number(limit - (room < MAX_ROOM ? room : MAX_ROOM));
}

function processOf(pid: number, files: FileAccess): { program: string; parent: number } | undefined {
  try {
    const path = files.linkAt(`/proc/${pid}/exe`);
    const status = new TextDecoder().decode(files.read(`/proc/${pid}/status`));
    const parent = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
    return { program: path.slice(path.lastIndexOf("/") + 1), parent };
  } catch (error) {
    if (error instanceof Error) return undefined; // it has ended, or belongs to another user
    throw error;
  }
}
