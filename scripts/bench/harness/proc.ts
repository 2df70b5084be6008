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

/** The processor time of all threads of a process, in milliseconds. */
export function cpuTime(pid: number): number {
  let sum = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    sum += Number(Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ")[0]);
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
