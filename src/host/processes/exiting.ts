import { decodeBytes } from "../../model/mod.ts";
import { type Files, O, SystemCallError } from "../../system/mod.ts";

/** The index of the flags in `/proc/PID/stat`, counted from the field after the name. */
const FLAGS_FIELD = 6;
/** The flag of an exiting process: the kernel sets it before it closes the descriptors. */
const PF_EXITING = 0x4;
/** Larger than the fields up to the flags. */
const SIZE = 512;

/** Whether a process is exiting although `waitid` does not show its end yet. `false` without `/proc`. */
export function isExiting(files: Files, pid: number): boolean {
  try {
    const fd = files.open(`/proc/${pid}/stat`, O.RDONLY);
    try {
      const bytes = new Uint8Array(SIZE);
      const text = decodeBytes(bytes.subarray(0, files.read(fd, bytes) ?? 0));
      // The name of the program is in parentheses, and may contain any character.
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
