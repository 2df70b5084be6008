/** What the system tells about processes. */

/** Memory of a process. */
export interface Memory {
  /** What is in memory, shared pages of programs and libraries included, in megabytes. */
  readonly resident: number;
  /** What belongs to it alone, in kilobytes. */
  readonly own: number;
}

const NANOSECONDS = 1e-6;

/** The memory of a process. Throws if there is no such process. */
export function memoryOf(pid: number): Memory {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s*(\\d+)`, "m").exec(status)![1]);
  return { resident: kilobytes("VmRSS") / 1024, own: kilobytes("RssAnon") };
}

/** The time that all threads of a process have run, in milliseconds. */
export function cpuTime(pid: number): number {
  let sum = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    sum += Number(Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ")[0]);
  }
  return sum * NANOSECONDS;
}

/**
 * Counts processes by the name of their program, as seen from outside, whoever started them. Each process is looked
 * at until it has that name, and then only whether it is still there.
 */
export class Watched {
  readonly #name: string;
  readonly #other = new Set<string>();
  #found = new Set<string>();

  /** `name`: at most 15 characters, of which no other program is called that. Processes that run now are others. */
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

  /** Their process ids as of the last count. */
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
