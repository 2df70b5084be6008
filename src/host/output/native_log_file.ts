/** Opens the log file of a service on the native host, by the rules of docs/security.md. */

import { Errno } from "../../model/mod.ts";
import type { OutputPlan } from "../../engine/mod.ts";
import { type Files, SystemCallError } from "../../system/mod.ts";
import { folderOf, type Identity, isSharedFolder, logFileProblem } from "../../system/mod.ts";

const { EPERM } = Errno;

/** How to open a log file. */
export interface LogOpening {
  readonly flags: number;
  /** The directory that the path is relative to. */
  readonly at: number;
  /** The mode of a new file. */
  readonly mode: number;
  /** The daemon's own user and group. */
  readonly self: Identity;
}

/**
 * Opens a log file. If others can add files to its folder, no link is followed (ELOOP). The file must then belong to
 * the daemon's user, root, the service's user or, unless the folder is sticky, the folder's owner; otherwise it is
 * refused (EPERM). Throws `SystemCallError`.
 */
export function openLog(
  files: Files,
  { path, uid }: Extract<OutputPlan, { to: "file" }>,
  { flags, at, mode, self }: LogOpening,
): number {
  const folder = files.factsAt(folderOf(path), at);
  if (!isSharedFolder(folder, self)) return files.open(path, flags, { at, mode });
  const fd = files.openNoLink(path, flags, { at, mode });
  if (logFileProblem(files.factsOf(fd), folder, uid, self) === undefined) return fd;
  files.close(fd);
  throw new SystemCallError("open", EPERM);
}
