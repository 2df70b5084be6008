/** The system's data about processes. */

/** Memory of a process. */
export interface Memory {
  /** Resident memory, including shared pages of programs and libraries, in megabytes. */
  readonly resident: number;
  /** Private memory, in kilobytes. */
  readonly own: number;
}

const NANOSECONDS = 1e-6;

/** The memory of a process. Throws if it does not exist. */
export function memoryOf(pid: number): Memory {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s*(\\d+)`, "m").exec(status)![1]);
  return { resident: kilobytes("VmRSS") / 1024, own: kilobytes("RssAnon") };
}

/**
 * The memory of a process and its descendants, in megabytes: pages that several of them share count once. Supervisors
 * with one process for each service are compared by it.
 *
 * @param except these descendants do not count
 */
export function memoryOfTree(pid: number, except: ReadonlySet<number>): number {
  let kilobytes = 0;
  for (const one of [pid, ...descendants(pid)]) {
    if (!except.has(one)) kilobytes += proportionalMemory(one);
  }
  return kilobytes / 1024;
}

function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const id of pids()) {
    const parent = parentOf(id);
    if (parent !== undefined) children.set(parent, [...children.get(parent) ?? [], Number(id)]);
  }
  const found: number[] = [];
  const next = [pid];
  for (let one = next.pop(); one !== undefined; one = next.pop()) {
    const own = children.get(one) ?? [];
    found.push(...own);
    next.push(...own);
  }
  return found;
}

function parentOf(pid: string): number | undefined {
  return numberIn(`/proc/${pid}/status`, /^PPid:\t(\d+)$/m);
}

/** Kilobytes: each shared page counts with the share of this process. */
function proportionalMemory(pid: number): number {
  return numberIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s*(\d+)/m) ?? 0;
}

/** A number in a file of the system; `undefined` if the process is gone. */
function numberIn(path: string, pattern: RegExp): number | undefined {
  try {
    return Number(pattern.exec(Deno.readTextFileSync(path))?.[1]);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/**
 * The processor time of a process, in milliseconds.
 *
 * @param thread only of this one. @default of all threads that it has now
 */
export function cpuTime(pid: number, thread?: number): number {
  const threads = thread === undefined
    ? Array.from(Deno.readDirSync(`/proc/${pid}/task`), ({ name }) => name)
    : [thread];
  let sum = 0;
  for (const id of threads) {
    sum += Number(Deno.readTextFileSync(`/proc/${pid}/task/${id}/schedstat`).split(" ")[0]);
  }
  return sum * NANOSECONDS;
}

/**
 * Counts processes by the name of their program, independent of who started them. It reads each process until the
 * process has this name, and then checks only whether it still exists.
 */
export class Watched {
  readonly #name: string;
  readonly #other = new Set<string>();
  #found = new Set<string>();

  /** `name`: at most 15 characters, and unique to this program. Processes that already run are not counted. */
  constructor(name: string) {
    this.#name = `${name}\n`;
    for (const pid of pids()) this.#other.add(pid);
  }

  /** How many there are now. */
  count(): number {
    const found = new Set<string>();
    for (const pid of pids()) {
      if (this.#found.has(pid) || (!this.#other.has(pid) && this.#isOne(pid))) found.add(pid);
    }
    this.#found = found;
    return found.size;
  }

  /** Their process ids at the last count. */
  get pids(): number[] {
    return [...this.#found].map(Number);
  }

  #isOne(pid: string): boolean {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/comm`) === this.#name;
    } catch (error) {
      if (error instanceof Error) return false; // gone
      throw error;
    }
  }
}

function pids(): string[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((name) => /^\d/.test(name));
}
