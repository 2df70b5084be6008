/** Checks whether the log file of a service can be rotated in place. */

import { limitsLog } from "../../description/mod.ts";
import type { ServiceDescription } from "../../model/mod.ts";
import type { DescriptionCheck } from "./description_check.ts";

/** File systems that can cut the head off a file; of an overlay, only the daemon finds out. */
const ABLE: ReadonlySet<string> = new Set(["ext4", "xfs", "f2fs", "overlay"]);

/** @param path the whole path of the log file */
export function checkLogLimits(description: ServiceDescription, path: string, check: DescriptionCheck): void {
  if (description.logType !== "file" || !limitsLog(description)) return;
  const setting = description.logMaxSize > 0 ? "log-max-size" : "log-max-age";
  const folder = realFolder(path);
  const type = folder === undefined ? undefined : fileSystemOf(folder);
  if (type === undefined || ABLE.has(type)) return;
  check.warn({
    code: "log-limits",
    setting,
    message: `the file system of ${folder} (${type}) cannot cut the head off a file that is being written`,
    remedy: "ext4, XFS and F2FS can; elsewhere use 'log-type = kept'",
    origin: "habit",
  });
}

/** The folder of the file, without links; `undefined` if it is not there, or the path is no regular file. */
function realFolder(path: string): string | undefined {
  try {
    const target = realPath(path);
    if (target !== undefined && !Deno.statSync(target).isFile) return undefined;
    const file = target ?? path;
    return realPath(file.slice(0, file.lastIndexOf("/")) || "/");
  } catch (error) {
    if (error instanceof Error) return undefined; // hidden
    throw error;
  }
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The type of the file system that a folder is in; `undefined` if the kernel does not tell. */
function fileSystemOf(folder: string): string | undefined {
  let best: { readonly point: string; readonly type: string } | undefined;
  for (const line of mounts()) {
    // proc_pid_mountinfo(5): id, parent, device, root, mount point, options, optional fields, "-", type
    const fields = line.split(" ");
    const type = fields[fields.indexOf("-") + 1];
    const point = (fields[4] ?? "").replaceAll(
      /\\(\d{3})/g,
      (_, code) => String.fromCharCode(parseInt(code, 8)),
    );
    const isAround = folder === point || folder.startsWith(point === "/" ? point : `${point}/`);
    // The last of several mounts at the same point hides the others.
    if (isAround && type !== undefined && point.length >= (best?.point.length ?? 0)) best = { point, type };
  }
  return best?.type;
}

function mounts(): string[] {
  try {
    return Deno.readTextFileSync("/proc/self/mountinfo").split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}
