import { folderOf, isSharedFolder, logFileProblem, ownIdentity } from "../system/mod.ts";
import type { LineSink } from "./line_writer.ts";
import type { MainLogTarget } from "./main_log.ts";

/**
 * A file as the main log: lines are appended unchanged (daemon and init 5.1, 5.3). If the file was moved or removed, as
 * log rotation does, a new one is created.
 */
export function logFile(path: string): MainLogTarget {
  return {
    prefix: () => "",
    open: async () => {
      // Opening a FIFO without a reader would block, unless it is also opened for reading.
      const read = await isFifo(path);
      checkPlace(path);
      const file = await Deno.open(path, { append: true, create: true, mode: 0o644, read });
      try {
        checkPlace(path, file);
        return sink(path, file);
      } catch (error) {
        file.close();
        throw error;
      }
    },
  };
}

/**
 * Throws `PermissionDenied` if others can add files to the folder of the log, and have put a file there that the daemon
 * must not write to (docs/security.md). With `file`, the path must lead to this open file.
 */
function checkPlace(path: string, file?: Deno.FsFile): void {
  const self = ownIdentity();
  const [folder, found] = [lookAt(() => Deno.statSync(folderOf(path))), lookAt(() => Deno.lstatSync(path))];
  if (folder === undefined || !isSharedFolder(folder, self)) return;
  const opened = file?.statSync();
  const isOther = opened !== undefined && (opened.ino !== found?.ino || opened.dev !== found.dev);
  const problem = found?.isSymlink || isOther
    ? "it is a link, in a folder where others can add links"
    : found && logFileProblem(found, folder, undefined, self);
  if (problem) throw new Deno.errors.PermissionDenied(`${path} is not used: ${problem} (os error 1)`);
}

/** `undefined` if the path cannot be examined: the file will be created, or opening it gives the error. */
function lookAt(look: () => Deno.FileInfo): Deno.FileInfo | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function sink(path: string, file: Deno.FsFile): LineSink {
  const { isFile, dev, ino } = file.statSync();
  return {
    write: (bytes) => file.write(bytes),
    isOutdated: () => isFile && !isAt(path, dev, ino),
    close: () => file.close(),
  };
}

/** Whether a file is at a path. Without the grant to read it, the answer is yes. */
function isAt(path: string, dev: number, ino: number | null): boolean {
  try {
    const found = Deno.statSync(path);
    return found.dev === dev && found.ino === ino;
  } catch (error) {
    if (error instanceof Error) return error instanceof Deno.errors.NotCapable;
    throw error;
  }
}

async function isFifo(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFifo ?? false;
  } catch (error) {
    if (error instanceof Error) return false; // it will be created, or opening it gives the error
    throw error;
  }
}
