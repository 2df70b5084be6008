import { type Files, O } from "./files.ts";
import type { FileFacts } from "./trust.ts";

const O_EXCL = 0o200;

/**
 * Creates a file that does not exist, with the owner and the mode of another one, and returns its descriptor. It is safe
 * in a folder of others: it follows no link, and changes the file by its descriptor. Throws `SystemCallError`.
 */
export function createLike(
  files: Files,
  path: string,
  { mode, uid, gid }: Omit<FileFacts, "isFile">,
): number {
  const fd = files.open(path, O.WRONLY | O.CREAT | O_EXCL, { mode: 0o600 });
  try {
    const own = files.factsOf(fd);
    if (own.uid !== uid || own.gid !== gid) files.setOwner(fd, uid ?? 0, gid ?? 0);
    files.setMode(fd, (mode ?? 0o600) & 0o777);
    return fd;
  } catch (error) {
    files.close(fd);
    files.remove(path);
    throw error;
  }
}

/** Like `createLike`, for code that writes by the runtime. The caller closes the file. */
export function createFileLike(files: Files, path: string, like: Omit<FileFacts, "isFile">): Deno.FsFile {
  const fd = createLike(files, path, like);
  try {
    return Deno.openSync(`/proc/self/fd/${fd}`, { write: true }); // the same file, wherever the path leads
  } finally {
    files.close(fd);
  }
}
