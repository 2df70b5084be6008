import { decodeBytes } from "../../model/mod.ts";
import { type Files, O, SystemCallError } from "../../system/mod.ts";

/** The index of the state in `/proc/PID/stat`, counted from the field after the name. */
const STATE_FIELD = 0;
/** The index of the flags in `/proc/PID/stat`, counted from the field after the name. */
const FLAGS_FIELD = 6;
/** The flag of an exiting process: the kernel sets it before it closes the descriptors. */
const PF_EXITING = 0x4;
/** Larger than the fields up to the flags. */
const SIZE = 512;

/** Whether a process is exiting although `waitid` does not show its end yet. `false` without `/proc`. */
export function isExiting(files: Files, pid: number): boolean {
  return (Number(fieldsOf(files, pid)[FLAGS_FIELD]) & PF_EXITING) !== 0;
}

/**
 * Whether a process waits for a device, such as a disk or a file server that does not answer. If it was killed, it ends
 * when the wait is over, and executes nothing more of its program. `false` without `/proc`.
 */
export function waitsForDevice(files: Files, pid: number): boolean {
  return fieldsOf(files, pid)[STATE_FIELD] === "D";
}

/** The fields of `/proc/PID/stat` after the name; none if it cannot be read. */
function fieldsOf(files: Files, pid: number): string[] {
  try {
    const fd = files.open(`/proc/${pid}/stat`, O.RDONLY);
    try {
      const bytes = new Uint8Array(SIZE);
      const text = decodeBytes(bytes.subarray(0, files.read(fd, bytes) ?? 0));
      // The name of the program is in parentheses, and may contain any character.
      return text.slice(text.lastIndexOf(")") + 2).split(" ");
    } finally {
      files.close(fd);
    }
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return [];
  }
}
