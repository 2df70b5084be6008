/**
 * Time since boot. The system identifies processes by it: `/proc/PID/stat` gives the start of a process in ticks since
 * boot. Unlike the wall clock it is never set.
 */

/** Ticks in a second: 100 on every Linux that is in use. */
export const TICKS_PER_SECOND = 100;

/** Bounds of a time in ticks since boot, both inclusive. */
export interface TickRange {
  readonly earliest: number;
  readonly latest: number;
}

/** Reads the time since boot. A value is `undefined` if the daemon's permissions do not allow reading it. */
export interface BootClock {
  /** Identifies the boot of the machine: `/proc/sys/kernel/random/boot_id`. */
  bootId(): string | undefined;
  now(): TickRange | undefined;
  /** When a process was started, and its process group. */
  look(pid: number): { readonly startTicks: number; readonly group: number } | undefined;
}

/** The file with the id of the boot. */
export const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

/** The fields of `/proc/PID/stat` that identify a process, its parent and its group. */
export interface ProcessStat {
  /** A letter; `Z` is a zombie. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly threads: number;
  readonly startTicks: number;
}

/** Reads the text of `/proc/PID/stat`. */
export function parseStat(text: string): ProcessStat {
  // The second field is the name of the program in parentheses, which may contain anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parent, group, session] = [fields[1], fields[2], fields[3]].map(Number);
  const [threads, startTicks] = [fields[17], fields[19]].map(Number);
  return { state: fields[0], parent, group, session, threads, startTicks };
}

/** The runtime's clock, in seconds. It needs `--allow-sys=osUptime`; the other values need all permissions. */
export class RuntimeBootClock implements BootClock {
  #granted: boolean | undefined;

  bootId(): string | undefined {
    return readIfGranted(BOOT_ID_FILE)?.trim();
  }

  now(): TickRange | undefined {
    // Ask first: an attempt without the grant would prompt at the terminal.
    this.#granted ??= Deno.permissions.querySync({ name: "sys", kind: "osUptime" }).state === "granted";
    if (!this.#granted) return undefined;
    const seconds = Deno.osUptime(); // the runtime rounds up to whole seconds
    return { earliest: (seconds - 1) * TICKS_PER_SECOND, latest: seconds * TICKS_PER_SECOND };
  }

  look(pid: number): ProcessStat | undefined {
    const text = readIfGranted(`/proc/${pid}/stat`);
    return text === undefined ? undefined : parseStat(text);
  }
}

function readIfGranted(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Error) return undefined; // not granted, or the process has ended
    throw error;
  }
}
