/**
 * Finds the executable of a command, and predicts why it cannot be executed. Service description 3.10: a command with a
 * slash is relative to the working directory; one without is searched in the PATH of the service.
 */

import { Errno, programCandidates } from "../../model/mod.ts";
import { interpreterOf } from "./interpreter.ts";
import type { Files } from "../../system/mod.ts";
import { O, SystemCallError } from "../../system/mod.ts";

const { ENOENT, EACCES, ENOTDIR, ELOOP } = Errno;
/** How much of a file to read for the name of its interpreter, in bytes: linkers put it after the headers. */
const HEADER_SIZE = 4096;
/**
 * The longest chain of files that the kernel follows: five scripts, each the interpreter of the next, a binary, its
 * linker.
 */
const MAX_FILES = 7;

/** The path of the executable, or the reason why there is none. */
export type Executable = { readonly path: string } | { readonly errno: number };

/** Looks for a command; paths are relative to the open directory `at`. */
export function findExecutable(
  files: Files,
  command: string,
  path: string | undefined,
  at: number,
): Executable {
  let errno = ENOENT;
  for (const candidate of programCandidates(command, path)) {
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

/** Why the interpreters that a file names cannot be executed; 0 if they can, or if it names none. */
export function checkInterpreter(files: Files, path: string, at: number): number {
  let file = path;
  for (let depth = 0; depth < MAX_FILES; depth++) {
    const interpreter = interpreterOf(readHeader(files, file, at));
    if (interpreter === undefined) return 0;
    const problem = check(files, interpreter, at);
    if (problem !== 0) return problem;
    file = interpreter;
  }
  return ELOOP;
}

/** The beginning of a file; empty if it cannot be read. Then only the execution can show the error. */
function readHeader(files: Files, path: string, at: number): Uint8Array {
  const header = new Uint8Array(HEADER_SIZE);
  try {
    const fd = files.open(path, O.RDONLY | O.NONBLOCK | O.NOCTTY, { at });
    try {
      return header.subarray(0, files.read(fd, header) ?? 0);
    } finally {
      files.close(fd);
    }
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return header.subarray(0, 0);
  }
}
