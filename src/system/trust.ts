/**
 * Which files the daemon trusts: those that only its own user, or root, can have put in their place. docs/security.md
 * has the rules.
 */

/** The facts to check about a file; a `Deno.FileInfo` has them. */
export type FileFacts = Pick<Deno.FileInfo, "isFile" | "mode" | "nlink" | "uid" | "gid">;

/** The user and the group that the daemon runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const ROOT = 0;
const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;

/** The daemon's own identity. Throws `Deno.errors.NotCapable` without `--allow-sys=uid,gid`. */
export function ownIdentity(): Identity {
  return { uid: Deno.uid() ?? ROOT, gid: Deno.gid() ?? ROOT };
}

/** Why a file of the daemon is not trusted; `undefined` if it is. `file`: without following links. */
export function fileProblem({ isFile, mode, uid }: FileFacts, self: Identity): string | undefined {
  if (!isFile) return "it is not a regular file";
  if (uid !== self.uid) return `it belongs to user ${uid}`;
  return ((mode ?? 0) & (GROUP_WRITES | OTHERS_WRITE)) === 0 ? undefined : "others can write to it";
}

/**
 * Why others can replace the daemon's files in a folder; `undefined` if they cannot. In a sticky folder, such as
 * `/tmp`, everybody can add files but replace only their own.
 */
export function folderProblem({ mode, uid, gid }: FileFacts, self: Identity): string | undefined {
  if (uid !== self.uid && uid !== ROOT) return `it belongs to user ${uid}`;
  const bits = mode ?? 0;
  if ((bits & STICKY) !== 0) return undefined;
  if ((bits & OTHERS_WRITE) !== 0) return "others can write to it";
  // Many systems give each user a private group, and let the group write.
  const ownGroup = self.uid !== ROOT && gid === self.gid;
  return (bits & GROUP_WRITES) === 0 || ownGroup ? undefined : `group ${gid} can write to it`;
}

/**
 * Why a pid file does not permit signalling a process that is no child of the daemon; `undefined` if it does. `file`
 * was opened without following a link.
 */
export function pidFileProblem(file: FileFacts, folder: FileFacts, self: Identity): string | undefined {
  const ofRoot = file.uid === ROOT ? { ...file, uid: self.uid } : file;
  const problem = fileProblem(ofRoot, self);
  if (problem !== undefined) return problem;
  const place = folderProblem(folder, self);
  return place === undefined ? undefined : `its folder is not safe, because ${place}`;
}

/** Whether others can add links and files to a folder. Log files there are opened with care. */
export function isSharedFolder(folder: FileFacts, self: Identity): boolean {
  return ((folder.mode ?? 0) & STICKY) !== 0 || folderProblem(folder, self) !== undefined;
}

/**
 * Why the daemon must not write to a log file in a shared folder; `undefined` if it may. The file was opened without
 * following a link. `owner`: the user who should own the file.
 */
export function logFileProblem(
  file: FileFacts,
  folder: FileFacts,
  owner: number | undefined,
  self: Identity,
): string | undefined {
  const sticky = ((folder.mode ?? 0) & STICKY) !== 0;
  const owners = [self.uid, ROOT, owner, ...(sticky ? [] : [folder.uid])];
  if (!owners.includes(file.uid ?? -1)) return `it belongs to user ${file.uid}`;
  return file.isFile && (file.nlink ?? 1) > 1 ? "it has another name elsewhere (a hard link)" : undefined;
}

/** The folder of a path, as the path names it. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "." : path.slice(0, slash) || "/";
}
