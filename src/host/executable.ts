/**
 * Finding the executable of a command, and telling beforehand why it cannot be executed. Service description 3.10:
 * with a slash it is relative to the working directory, without one it is searched in PATH of the service.
 */

import type { Files } from "./libc/mod.ts";
import { O, SystemCallError } from "./libc/mod.ts";

const ENOENT = 2;
const EACCES = 13;
const ENOTDIR = 20;
/** Where programs are searched if the environment has no PATH. */
const DEFAULT_PATH = "/bin:/usr/bin";
/** How much of a file is read for the name of its interpreter; the kernel reads as much. */
const HEADER_SIZE = 256;

/** Where the executable is, or why there is none. */
export type Executable = { readonly path: string } | { readonly errno: number };

/** The names under which a command may be found, in order. */
export function candidates(command: string, path: string | undefined): string[] {
  if (command === "" || command.includes("/")) return command === "" ? [] : [command];
  return (path ?? DEFAULT_PATH).split(":").map((folder) => folder === "" ? command : `${folder}/${command}`);
}

/** Looks for a command; paths are relative to the open directory `at`. */
export function findExecutable(
  files: Files,
  command: string,
  path: string | undefined,
  at: number,
): Executable {
  let errno = ENOENT;
  for (const candidate of candidates(command, path)) {
    const problem = check(files, candidate, at);
    if (problem === 0) return { path: candidate };
    if (problem !== ENOENT && problem !== ENOTDIR) errno = problem;
    else if (command.includes("/")) errno = problem;
  }
  return { errno };
}

/** Why a file cannot be executed; 0 if it can. */
function check(files: Files, path: string, at: number): number {
  try {
    files.checkExecutable(path, at);
    return files.kindAt(path, at) === "file" ? 0 : EACCES;
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return error.errno;
  }
}

/** Why the interpreter that a script names cannot be executed; 0 if it can, or if the file is no such script. */
export function checkInterpreter(files: Files, path: string, at: number): number {
  const header = new Uint8Array(HEADER_SIZE);
  let length = 0;
  try {
    const fd = files.open(path, O.RDONLY | O.NONBLOCK | O.NOCTTY, { at });
    try {
      length = files.read(fd, header) ?? 0;
    } finally {
      files.close(fd);
    }
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return 0; // executable but not readable: only executing it will tell
  }
  const interpreter = interpreterOf(header.subarray(0, length));
  return interpreter === undefined ? 0 : check(files, interpreter, at);
}

/** The interpreter in the first line of a script. */
export function interpreterOf(header: Uint8Array): string | undefined {
  const text = Array.from(header, (byte) => String.fromCharCode(byte)).join("");
  return /^#![ \t]*([^ \t\n\0]+)/.exec(text)?.[1];
}
