/** All processes of the machine at one moment, as `/proc` shows them. */

/** One process. */
export interface ProcessSample {
  readonly pid: number;
  /** The name of the program, at most 15 bytes. */
  readonly program: string;
  readonly parent: number;
  readonly session: number;
  /** When it was started, in ticks since boot: with the id, it identifies the process. */
  readonly startTicks: number;
  /** The processor time of the process and of the children that it has waited for, in seconds. */
  readonly cpuSeconds: number;
  /**
   * The memory that it occupies (the resident set), in bytes, as recent kernels estimate it. Shared memory counts in each
   * process.
   */
  readonly memory: number;
}

/** Where the processes of the machine can be seen. */
export interface ProcessSource {
  /** All processes except zombies; none if they cannot be seen. */
  processes(): readonly ProcessSample[];
  /** The exact memory of a process in bytes, which takes the kernel longer; `undefined` if it has ended. */
  memoryOf(pid: number): number | undefined;
}

/** The processes in `/proc`. */
export const PROC: ProcessSource = { processes: readProcesses, memoryOf: readMemory };

/** The kernel gives times to programs in hundredths of a second on all platforms. */
const TICKS_PER_SECOND = 100;
const AT_PAGESZ = 6n;
const USUAL_PAGE = 4096;

/** Looks at all processes except zombies. Empty if `/proc` cannot be read. */
function readProcesses(): ProcessSample[] {
  const samples: ProcessSample[] = [];
  for (const name of ifReadable(() => Array.from(Deno.readDirSync("/proc"), ({ name }) => name)) ?? []) {
    if (!/^\d+$/.test(name)) continue;
    const text = ifReadable(() => Deno.readTextFileSync(`/proc/${name}/stat`));
    const sample = text === undefined ? undefined : parseProcess(text, pageSize());
    if (sample !== undefined) samples.push(sample);
  }
  return samples;
}

function readMemory(pid: number): number | undefined {
  const pages = ifReadable(() => Deno.readTextFileSync(`/proc/${pid}/statm`))?.split(" ")[1];
  return pages === undefined ? undefined : Number(pages) * pageSize();
}

/** Parses `/proc/PID/stat`; `undefined` for a zombie and for other text. `page`: the size of a page in bytes. */
export function parseProcess(text: string, page: number): ProcessSample | undefined {
  // The name of the program is in parentheses and may contain anything, other parentheses included.
  const end = text.lastIndexOf(")");
  const [state, ...fields] = text.slice(end + 2).trim().split(" ");
  const numbers = fields.map(Number);
  // The fields from the fourth on (proc(5)): parent, group, session, …
  const [parent, , session] = numbers;
  const [userTime, systemTime, childUserTime, childSystemTime] = numbers.slice(10, 14);
  const [startTicks, , pages] = numbers.slice(18, 21);
  if (end === -1 || pages === undefined || /[ZX]/.test(state)) return undefined;
  return {
    pid: parseInt(text),
    program: text.slice(text.indexOf("(") + 1, end),
    parent,
    session,
    startTicks,
    cpuSeconds: (userTime + systemTime + childUserTime + childSystemTime) / TICKS_PER_SECOND,
    memory: pages * page,
  };
}

let knownPageSize: number | undefined;

/** The size of a page of memory, from the auxiliary vector of this process. */
function pageSize(): number {
  if (knownPageSize !== undefined) return knownPageSize;
  const bytes = ifReadable(() => Deno.readFileSync("/proc/self/auxv"));
  const pairs = bytes === undefined ? [] : new BigUint64Array(bytes.buffer, 0, bytes.length >> 3);
  let size = USUAL_PAGE;
  for (let at = 0; at + 1 < pairs.length; at += 2) if (pairs[at] === AT_PAGESZ) size = Number(pairs[at + 1]);
  return knownPageSize = size;
}

/** What `read` returns; `undefined` if the process has ended, or may not be read. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}
