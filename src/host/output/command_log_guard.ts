/** Care with log files where others can add files, for the host that opens them by the runtime. docs/security.md. */

import { type FileFacts, folderOf, isSharedFolder, logFileProblem, ownIdentity } from "../../system/mod.ts";

/** What `fstat` of Node.js tells. */
type OpenFile = Omit<FileFacts, "isFile"> & { isFile(): boolean };

/** How to open one log file. */
export interface LogGuard {
  /** Follow no link at the end of the path. */
  readonly noLink: boolean;
  /** Throws if the daemon must not write to the file that was opened. */
  check(file: OpenFile): void;
}

const NO_GUARD: LogGuard = { noLink: false, check() {} };

/** The care that a log file at `path` takes. `owner`: the user that it is to belong to. */
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
 * `undefined` if the folder may not be looked at: then the runtime checks that what a link leads to is granted; or
 * if it cannot be, which opening the file tells better.
 */
function lookAtFolder(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(folderOf(path));
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
