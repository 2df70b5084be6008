/**
 * A directory like the output of `deno task compile`, with a stand-in for the program that prints how it was called.
 */

import { outputOf } from "../_processes.ts";
import { writeLaunchers } from "../../scripts/install/launchers.ts";

/** The stand-in prints the name by which it was called, its arguments in brackets, and whether /proc was mounted. */
export const STAND_IN = `#!/bin/sh
printf '%s ' "\${0##*/}"
for word in "$@"; do printf '[%s]' "$word"; done
[ -e /proc/self/exe ] && echo " with /proc" || echo " without /proc"
`;

/** Writes an executable file. */
export function writeProgram(path: string, text: string): void {
  Deno.writeTextFileSync(path, text);
  Deno.chmodSync(path, 0o755);
}

/** Makes the links and the launcher, and a stand-in for the program beside them. */
export function writeDirectory(directory: string): void {
  Deno.mkdirSync(directory, { recursive: true });
  writeProgram(`${directory}/dinit`, STAND_IN);
  writeLaunchers(directory);
}

/** Runs a program with an empty environment; returns both outputs. */
export async function say(program: string, args: readonly string[] = [], cwd = "/"): Promise<string> {
  const { stdout, stderr } = await outputOf(program, { args: [...args], clearEnv: true, cwd });
  return new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout);
}
