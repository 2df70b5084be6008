/** The programs beside `dinit`: links to it, and the script that the kernel can start as process 1. */

import { PROGRAM_WORDS, SHUTDOWN_PROGRAMS } from "../../src/options/program_names.ts";

/** One link to the program. */
export interface ProgramLink {
  readonly name: string;
  /** Whether it shuts the machine down: another init may own the name. */
  readonly isShutdown: boolean;
}

/** All links. The program looks at the name that it was called by (`src/options/program_names.ts`). */
export const PROGRAM_LINKS: readonly ProgramLink[] = [...PROGRAM_WORDS.keys()].map((name) => ({
  name,
  isShutdown: SHUTDOWN_PROGRAMS.some((other) => other === name),
}));

/** The script that the kernel can start as process 1. */
export const KERNEL_LAUNCHER = "dinit-init";

/** The target of every link. */
const PROGRAM = "dinit";

/** Early releases had scripts instead of links, each with this line. */
const MARK = "# A launcher of dinit for Deno.";

/** Whether a link with this target belongs to this program. */
export function isProgramLink(target: string): boolean {
  return target.slice(target.lastIndexOf("/") + 1) === PROGRAM;
}

/** Whether a file with this text is a launcher of this program. */
export function isLauncher(text: string): boolean {
  return text.includes(`\n${MARK}\n`);
}

/**
 * The directory of the launcher, or of the file that links lead to. The test is built into the shell, so that an
 * ordinary call starts no process except `dinit`; `command -p` finds `readlink` without a `PATH`.
 */
const BESIDE = `\
self=$0
[ ! -L "$self" ] || self=$(command -p readlink -f -- "$self")
case $self in */*) ;; *) self=./$self ;; esac
`;

/**
 * A kernel that mounted the root itself starts process 1 without /proc, in which the program finds its own file. There
 * may be no environment and no writable root.
 */
const MOUNT_PROC = `\
if [ ! -e /proc/self/exe ]; then
  /bin/mount -n -t proc -o nosuid,nodev,noexec proc /proc || echo "dinit-init: /proc cannot be mounted" >&2
fi
`;

/**
 * The text of `dinit-init`, which mounts /proc if it is missing and executes `dinit`.
 *
 * @param program the path of `dinit`; undefined: the program beside the launcher, at any place
 */
export function kernelLauncher(program?: string): string {
  const path = program === undefined ? `"\${self%/*}/${PROGRAM}"` : quote(program);
  return [
    `#!/bin/sh\n${MARK}\n`,
    MOUNT_PROC,
    program === undefined ? BESIDE : "",
    `exec ${path} "$@"\n`,
  ].join("");
}

/**
 * Writes all of them beside the compiled program.
 *
 * @param directory the directory of `dinit`
 * @returns their names
 */
export function writeLaunchers(directory: string): readonly string[] {
  for (const { name } of PROGRAM_LINKS) {
    removeIfThere(`${directory}/${name}`);
    Deno.symlinkSync(PROGRAM, `${directory}/${name}`);
  }
  const kernel = `${directory}/${KERNEL_LAUNCHER}`;
  removeIfThere(kernel);
  Deno.writeTextFileSync(kernel, kernelLauncher());
  Deno.chmodSync(kernel, 0o755);
  return [...PROGRAM_LINKS.map(({ name }) => name), KERNEL_LAUNCHER];
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A word in the syntax of the shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
