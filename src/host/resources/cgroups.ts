/** Control groups: that of the daemon, and those of services. Daemon and init 3.6, lifecycle 8.5. */

import { decodeBytes, Errno } from "../../model/mod.ts";
import { type Files, O, SystemCallError } from "../../system/mod.ts";

const ROOT = "/sys/fs/cgroup";
const { ENOENT } = Errno;

/** The daemon's own group below the root, without a leading slash; or why it is unknown. */
export type OwnCgroup = { readonly path: string } | { readonly problem: string | undefined };

/** Parses `/proc/self/cgroup`. */
export function parseOwnCgroup(text: string): OwnCgroup {
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length > 1) return { problem: "In multiple cgroups, cannot determine cgroup root path" };
  const path = /^[^:]*:[^:]*:\/(.*)$/s.exec(lines[0] ?? "")?.[1];
  return path === undefined ? { problem: "Could not determine cgroup root path" } : { path };
}

/** What decides about the group of the daemon. See `NativeHostOptions`. */
export interface CgroupOptions {
  readonly cgroup?: string | undefined;
  readonly blocked?: bigint | undefined;
}

/** The group of the daemon. `warn` receives why it is unknown, unless the program before this one has said that. */
export function ownCgroup(
  files: Files,
  { cgroup, blocked }: CgroupOptions,
  warn: (text: string) => void,
): OwnCgroup {
  if (cgroup !== undefined) return { path: cgroup };
  const own = readOwnCgroup(files);
  const isHeir = blocked !== undefined;
  if ("problem" in own && own.problem !== undefined && !isHeir) warn(own.problem);
  return own;
}

function readOwnCgroup(files: Files): OwnCgroup {
  try {
    const fd = files.open("/proc/self/cgroup", O.RDONLY);
    try {
      const bytes = new Uint8Array(65_536);
      return parseOwnCgroup(decodeBytes(bytes.subarray(0, files.read(fd, bytes) ?? 0)));
    } finally {
      files.close(fd);
    }
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return { problem: undefined };
  }
}

/** The folder of a group; `undefined` for a relative name while the daemon's own group is unknown. */
export function folderOf(cgroup: string, own: OwnCgroup): string | undefined {
  if (cgroup.startsWith("/")) return `${ROOT}${cgroup}`;
  return "path" in own ? `${ROOT}/${own.path}/${cgroup}` : undefined;
}

/** Opens the file through which a process enters a group. Throws `SystemCallError`. */
export function openCgroup(files: Files, cgroup: string, own: OwnCgroup): number {
  const folder = folderOf(cgroup, own);
  if (folder === undefined) throw new SystemCallError("open", ENOENT);
  return files.open(`${folder}/cgroup.procs`, O.WRONLY);
}
