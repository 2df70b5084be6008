/** The number in a pid file. Lifecycle 8.11. */

import { decodeBytes, Errno } from "../../model/mod.ts";
import { type Files, O, SystemCallError } from "../../system/mod.ts";
import { folderOf, type Identity, pidFileProblem } from "../../system/mod.ts";

/** How much of a pid file counts, in bytes. */
const PID_FILE_SIZE = 20;

/** Larger than the largest process id that Linux can be configured for. */
const MAX_PID = 0x7fffffff;

/**
 * The process id at the beginning of a pid file, in the notations of C: decimal, `0x` hexadecimal, `0` octal; white
 * space before it and any text after it are allowed. The result is −1 if there is no number, or if it cannot be a
 * process id.
 */
export function parsePid(text: string): number {
  const match = /^[ \t\n\v\f\r]*\+?(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))/.exec(text);
  if (match === null) return -1;
  const [, hexadecimal, octal, decimal] = match;
  const pid = hexadecimal !== undefined
    ? parseInt(hexadecimal, 16)
    : octal !== undefined
    ? parseInt(octal, 8)
    : Number(decimal);
  return pid <= MAX_PID ? pid : -1;
}

/** The contents of a pid file, or why they are unknown. */
export type PidFile =
  | {
    readonly pid: number;
    /** Why the file does not permit signalling a process that is no child; `undefined` if it does. */
    readonly problem: string | undefined;
  }
  | { readonly step: "open" | "read"; readonly errno: number };

const FLAGS = O.RDONLY | O.NONBLOCK | O.NOCTTY;
const { ELOOP } = Errno;

/** `undefined`: there is a symbolic link at the path. */
function openWithoutLink(files: Files, path: string): number | undefined {
  try {
    return files.openNoLink(path, FLAGS);
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.errno !== ELOOP) throw error;
    return undefined;
  }
}

/** Reads a pid file; the path is relative to the daemon's working directory. */
export function readPidFile(files: Files, path: string, self: Identity): PidFile {
  let fd: number | undefined;
  try {
    const direct = openWithoutLink(files, path);
    fd = direct ?? files.open(path, FLAGS);
    const bytes = new Uint8Array(PID_FILE_SIZE);
    const count = files.read(fd, bytes) ?? 0;
    const problem = direct === undefined
      ? "it is a symbolic link"
      : pidFileProblem(files.factsOf(fd), files.factsAt(folderOf(path)), self);
    return { pid: parsePid(decodeBytes(bytes.subarray(0, count))), problem };
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return { step: fd === undefined ? "open" : "read", errno: error.errno };
  } finally {
    if (fd !== undefined) files.close(fd);
  }
}
