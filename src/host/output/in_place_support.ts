/** Whether the log file of a service can be rotated in place, or kept by another process. */

import { logFilePath } from "../../engine/mod.ts";
import { limitsLog } from "../../description/mod.ts";
import type { ServiceDescription } from "../../model/mod.ts";
import { descriptorOfPath } from "./own_descriptor.ts";
import { canCollapse } from "../../system/collapsible.ts";
import { folderOf, type Library, SystemCallError } from "../../system/mod.ts";

/** The path of a log file with limits; `undefined` if there is none, or if it is a descriptor of the daemon. */
export function limitedLog(description: ServiceDescription): string | undefined {
  const path = description.logType === "file" && limitsLog(description)
    ? logFilePath(description)
    : undefined;
  return path === undefined || isDescriptor(path) ? undefined : path;
}

/**
 * The setting that limits a log file which its file system cannot rotate in place; `undefined` if it can, if there is no
 * limit, or if that is not known yet: the file system may be read-only, or not mounted. Only regular files are rotated.
 */
export function inPlaceProblem(
  description: ServiceDescription,
  library: Library,
): { setting: string; message: string } | undefined {
  const path = limitedLog(description);
  if (path === undefined) return undefined;
  const folder = folderOfFile(path);
  if (folder === undefined || isAble(folder, library)) return undefined;
  return {
    setting: description.logMaxSize > 0 ? "log-max-size" : "log-max-age",
    message:
      `the file system of ${folder} cannot cut the head off a file that is being written (ext4, XFS and ` +
      "F2FS can): use 'log-type = kept'.",
  };
}

/** The setting of a kept log that the keeper cannot write: it has other descriptors than the daemon. */
export function keptProblem(
  description: ServiceDescription,
): { setting: string; message: string } | undefined {
  const path = description.logType === "kept" ? logFilePath(description) : undefined;
  if (path === undefined || !isDescriptor(path)) return undefined;
  return {
    setting: "logfile",
    message:
      `${path} is a descriptor of the daemon, which the keeper of logs does not have: use 'log-type = file'.`,
  };
}

function isDescriptor(path: string): boolean {
  return descriptorOfPath(path, ".", (link) => Deno.readLinkSync(link)) !== undefined;
}

/** The folder of the file behind links; `undefined` if there is something else than a regular file. */
function folderOfFile(path: string): string | undefined {
  try {
    return Deno.statSync(path).isFile ? folderOf(Deno.realPathSync(path)) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return folderOf(path); // it is made later
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function isAble(folder: string, library: Library): boolean {
  try {
    return canCollapse(library, folder);
  } catch (error) {
    if (error instanceof SystemCallError) return true; // not known: the rotation will tell
    throw error;
  }
}
