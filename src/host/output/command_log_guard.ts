/**
 * Protection for log files in folders where others can add files, for the host that opens them by the runtime.
 * docs/security.md.
 */

import { type FileFacts, folderOf, isSharedFolder, logFileProblem, ownIdentity } from "../../system/mod.ts";

/** The result of Node.js's `fstat`. */
type OpenFile = Omit<FileFacts, "isFile"> & { isFile(): boolean };

/** How to open one log file. */
export interface LogGuard {
  /** Do not follow a link at the end of the path. */
  readonly noLink: boolean;
  /** Throws if the daemon must not write to the opened file. */
  check(file: OpenFile): void;
}

const NO_GUARD: LogGuard = { noLink: false, check() {} };

/** The protection for a log file at `path`. `owner`: the user who should own the file. */
export function logGuard(path: string, owner: number | undefined): LogGuard {
  const self = ownIdentity();
  const folder = lookAtFolder(path);
  if (folder === undefined || !isSharedFolder(folder, self)) return NO_GUARD;
  return {
    noLink: true,
    check(file) {
      const { mode, nlink, uid, gid } = file;
      const facts = { isFile: file.isFile(), mode, nlink, uid, gid };
      const problem = logFileProblem(facts, folder, owner, self);
      if (problem === undefined) return;
      throw new Deno.errors.PermissionDenied(`${path} is not used as log file: ${problem} (os error 1)`);
    },
  };
}

/**
 * `undefined` if the folder may not be examined: then the runtime checks that the target of a link is granted. Also
 * `undefined` on other errors, which opening the file reports better.
 */
function lookAtFolder(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(folderOf(path));
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
