/** The small programs beside `dinit`: shell scripts that start it as one of its tools, or as process 1. */

import { TOOLS } from "../../src/cli/completion/grammar.ts";

/** One launcher. */
export interface Launcher {
  readonly name: string;
  /** What it belongs to: the tools, the names that end the machine's run, or the start by the kernel. */
  readonly kind: "tool" | "shutdown" | "kernel";
  /** The words that it puts in front of its arguments. */
  readonly words: readonly string[];
}

/** The names that the program which ends the machine's run goes by. */
export const SHUTDOWN_NAMES: readonly string[] = ["shutdown", "halt", "poweroff", "reboot", "soft-reboot"];

/** All launchers. */
export const LAUNCHERS: readonly Launcher[] = [
  ...TOOLS.map(({ name, word }): Launcher => ({ name, kind: "tool", words: [word] })),
  ...SHUTDOWN_NAMES.map((name): Launcher => ({
    name,
    kind: "shutdown",
    words: ["shutdown", `--called=${name}`],
  })),
  { name: "dinit-init", kind: "kernel", words: [] },
];

/** In every launcher, so that an installation knows its own files from those of another init. */
const MARK = "# A launcher of dinit for Deno.";

/** Whether a file is a launcher of this program. */
export function isLauncher(text: string): boolean {
  return text.includes(`\n${MARK}\n`);
}

/**
 * The directory of the launcher, or of the file that links lead to. The test is the shell's own, so that a plain call
 * starts no process but `dinit`; `command -p` finds `readlink` without a `PATH`.
 */
const BESIDE = `\
self=$0
[ ! -L "$self" ] || self=$(command -p readlink -f -- "$self")
case $self in */*) ;; *) self=./$self ;; esac
`;

/**
 * A kernel that mounted the root itself starts process 1 without /proc, where the program looks for itself. Neither an
 * environment nor a root that can be written to may be expected then.
 */
const MOUNT_PROC = `\
if [ ! -e /proc/self/exe ]; then
  /bin/mount -n -t proc -o nosuid,nodev,noexec proc /proc || echo "dinit-init: /proc cannot be mounted" >&2
fi
`;

/**
 * The text of a launcher.
 *
 * @param program the path of `dinit`; undefined: the one that lies beside the launcher, wherever that is
 */
export function launcherText({ kind, words }: Launcher, program?: string): string {
  const path = program === undefined ? '"${self%/*}/dinit"' : quote(program);
  return [
    `#!/bin/sh\n${MARK}\n`,
    kind === "kernel" ? MOUNT_PROC : "",
    program === undefined ? BESIDE : "",
    ["exec", path, ...words, '"$@"'].join(" "),
    "\n",
  ].join("");
}

/** A word as the shell reads it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
