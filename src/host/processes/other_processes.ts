/** Processes that are not the daemon's children, as `/proc` shows them. Reading it needs all permissions. */

import { decodeBytes } from "../../model/mod.ts";
import { BOOT_ID_FILE, parseStat, type ProcessStat } from "../../system/mod.ts";

/** A process. */
export interface OtherProcess extends ProcessStat {
  readonly pid: number;
}

/** The id of the current boot. */
export function currentBoot(): string {
  return Deno.readTextFileSync(BOOT_ID_FILE).trim();
}

/** Ticks since boot. */
export function currentTicks(): number {
  return Math.floor(Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]) * 100);
}

/** A process by its id; `undefined` if there is none, or only a zombie. */
export function processOf(pid: number): OtherProcess | undefined {
  const text = ifThere(() => Deno.readTextFileSync(`/proc/${pid}/stat`));
  if (text === undefined) return undefined;
  const stat = parseStat(text);
  return /[ZX]/.test(stat.state) ? undefined : { pid, ...stat };
}

/** All processes except zombies. */
export function allProcesses(): OtherProcess[] {
  const names = Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((name) =>
    /^\d+$/.test(name)
  );
  return names.map((name) => processOf(Number(name))).filter((process) => process !== undefined);
}

/** The ancestors of the calling process, its parent first. */
export function ownAncestors(): number[] {
  const ancestors: number[] = [];
  for (let pid = Deno.ppid; pid > 0; pid = processOf(pid)?.parent ?? 0) ancestors.push(pid);
  return ancestors;
}

/** The user of the process; `undefined` if the process has ended. */
export function userOf(pid: number): number | undefined {
  const text = ifThere(() => Deno.readTextFileSync(`/proc/${pid}/status`));
  const user = text === undefined ? undefined : /^Uid:\s+(\d+)/m.exec(text)?.[1];
  return user === undefined ? undefined : Number(user);
}

/** The words of the command line. */
export function commandLineOf(pid: number): string[] {
  return textsOf(`/proc/${pid}/cmdline`);
}

/** The environment that the program was started with, each `NAME=VALUE`. */
export function environmentOf(pid: number): string[] {
  return textsOf(`/proc/${pid}/environ`);
}

/**
 * Whether a process may not have executed its own program yet: it has the program of this daemon, but only one thread,
 * or the system is just replacing it and shows no words.
 */
export function isBeingMade({ pid, threads, state }: OtherProcess): boolean {
  if (threads > 1 || state === "Z") return false;
  return programOf(pid) === programOf(Deno.pid) || commandLineOf(pid).length === 0;
}

/** The working directory; `undefined` if it is unknown. */
export function workingDirectoryOf(pid: number): string | undefined {
  return ifThere(() => Deno.readLinkSync(`/proc/${pid}/cwd`));
}

/** The file that the process executes; `undefined` if it is unknown. */
export function programOf(pid: number): string | undefined {
  return ifThere(() => Deno.readLinkSync(`/proc/${pid}/exe`));
}

/** Zero-terminated texts. */
function textsOf(path: string): string[] {
  const bytes = ifThere(() => Deno.readFileSync(path));
  return bytes === undefined ? [] : decodeBytes(bytes).split("\0").slice(0, -1);
}

/** `undefined` if the process has ended, or belongs to another user. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    return undefined;
  }
}
