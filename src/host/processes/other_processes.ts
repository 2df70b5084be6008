/** Processes that are not the daemon's children, as `/proc` shows them. Reading it takes all permissions. */

import { decodeBytes } from "../../model/mod.ts";
import { BOOT_ID_FILE, parseStat, type ProcessStat } from "../../system/mod.ts";

/** A process. */
export interface OtherProcess extends ProcessStat {
  readonly pid: number;
}

/** The id of the boot that the machine runs in. */
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

/** All processes but zombies. */
export function allProcesses(): OtherProcess[] {
  const names = Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((name) =>
    /^\d+$/.test(name)
  );
  return names.map((name) => processOf(Number(name))).filter((process) => process !== undefined);
}

/** The processes that the calling one descends from, its parent first. */
export function ownAncestors(): number[] {
  const ancestors: number[] = [];
  for (let pid = Deno.ppid; pid > 0; pid = processOf(pid)?.parent ?? 0) ancestors.push(pid);
  return ancestors;
}

/** The user that started the program, or that it became; `undefined` if the process has ended. */
export function userOf(pid: number): number | undefined {
  const text = ifThere(() => Deno.readTextFileSync(`/proc/${pid}/status`));
  const user = text === undefined ? undefined : /^Uid:\s+(\d+)/m.exec(text)?.[1];
  return user === undefined ? undefined : Number(user);
}

/** The words of the command line. */
export function commandLineOf(pid: number): string[] {
  return textsOf(`/proc/${pid}/cmdline`);
}

/** The environment that the program was given, each `NAME=VALUE`. */
export function environmentOf(pid: number): string[] {
  return textsOf(`/proc/${pid}/environ`);
}

/** The working directory; `undefined` if it cannot be told. */
export function workingDirectoryOf(pid: number): string | undefined {
  return ifThere(() => Deno.readLinkSync(`/proc/${pid}/cwd`));
}

/** The file that the process executes; `undefined` if it cannot be told. */
export function programOf(pid: number): string | undefined {
  return ifThere(() => Deno.readLinkSync(`/proc/${pid}/exe`));
}

/** Texts that each end with a zero byte. */
function textsOf(path: string): string[] {
  const bytes = ifThere(() => Deno.readFileSync(path));
  return bytes === undefined ? [] : decodeBytes(bytes).split("\0").slice(0, -1);
}

/** What cannot be read because the process has ended, or is another user's, is `undefined`. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    return undefined;
  }
}
