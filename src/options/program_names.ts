/**
 * The names of the links to the compiled program. A link with one of these names starts the tool of this name, so the
 * tools need neither a shell nor separate files. Installation, `main.ts` and tests use this table.
 */

/** The names that shut the machine down, in the order in which they are installed. */
export const SHUTDOWN_PROGRAMS = ["shutdown", "halt", "poweroff", "reboot", "soft-reboot"] as const;
/** One of these names. */
export type ShutdownProgram = (typeof SHUTDOWN_PROGRAMS)[number];

/** The words after `dinit` that each name stands for. */
export const PROGRAM_WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["dinitctl", ["ctl"]],
  ["dinit-check", ["check"]],
  ["dinit-monitor", ["monitor"]],
  ["dinit-log", ["log"]],
  ["dinit-web", ["web"]],
  ["dinit-import", ["import"]],
  ["dinit-export", ["export"]],
  ["dinit-wait-for", ["wait-for"]],
  ...SHUTDOWN_PROGRAMS.map((name): [string, string[]] => [name, ["shutdown", `--called=${name}`]]),
]);

/**
 * The words that the name in a command line stands for. None for `dinit` and for all other names.
 *
 * @param commandLine the content of `/proc/self/cmdline`: words that end with a NUL byte
 */
export function wordsOfName(commandLine: Uint8Array): readonly string[] {
  const end = commandLine.indexOf(0);
  const path = new TextDecoder().decode(end === -1 ? commandLine : commandLine.subarray(0, end));
  return PROGRAM_WORDS.get(path.slice(path.lastIndexOf("/") + 1)) ?? [];
}
