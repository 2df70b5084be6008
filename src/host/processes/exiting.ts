import { decodeBytes } from "../../model/mod.ts";
import { type Files, O, SystemCallError } from "../../system/mod.ts";

/** Where the flags of a process are in `/proc/PID/stat`, counted from the field behind its name. */
const FLAGS_FIELD = 6;
/** The flag of a process that is on its way out: set before its descriptors are closed. */
const PF_EXITING = 0x4;
/** More than the fields up to the flags take. */
const SIZE = 512;

/**
 * Whether a process is on its way out although `waitid` cannot see its end yet. `false` where `/proc` is not there to
 * be asked.
 */
export function isExiting(files: Files, pid: number): boolean {
  try {
    const fd = files.open(`/proc/${pid}/stat`, O.RDONLY);
    try {
      const bytes = new Uint8Array(SIZE);
      const text = decodeBytes(bytes.subarray(0, files.read(fd, bytes) ?? 0));
      // The name of the program is in parentheses, and may hold anything.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[FLAGS_FIELD]) & PF_EXITING) !== 0;
    } finally {
      files.close(fd);
    }
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return false;
  }
}
