/**
 * Finding the executable of a command, and telling beforehand why it cannot be executed. Service description 3.10:
 * with a slash it is relative to the working directory, without one it is searched in PATH of the service.
 */

import { Errno, programCandidates } from "../../model/mod.ts";
import { interpreterOf } from "./interpreter.ts";
import type { Files } from "../../system/mod.ts";
import { O, SystemCallError } from "../../system/mod.ts";

const { ENOENT, EACCES, ENOTDIR, ELOOP } = Errno;
/** How much of a file is read for the name of its interpreter, in bytes: linkers put it behind the headers. */
const HEADER_SIZE = 4096;
/** How many files the kernel goes through at most: five scripts, each the interpreter of the next, a binary, its linker. */
const MAX_FILES = 7;

/** Where the executable is, or why there is none. */
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

/** The beginning of a file; empty if it cannot be read: then only executing it will tell. */
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
