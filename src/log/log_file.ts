import type { LineSink } from "./line_writer.ts";
import type { MainLogTarget } from "./main_log.ts";

/**
 * A file as the main log: lines are appended as they are (daemon and init 5.1, 5.3). When the file was moved or removed,
 * as programs that rotate logs do, a new one is made.
 */
export function logFile(path: string): MainLogTarget {
  return {
    prefix: () => "",
    open: async () => {
      // Opening a FIFO that nobody reads would wait for ever, unless it is opened for reading as well.
      const read = await isFifo(path);
      return sink(path, await Deno.open(path, { append: true, create: true, mode: 0o644, read }));
    },
  };
}

function sink(path: string, file: Deno.FsFile): LineSink {
  const { isFile, dev, ino } = file.statSync();
  return {
    write: (bytes) => file.write(bytes),
    isOutdated: () => isFile && !isAt(path, dev, ino),
    close: () => file.close(),
  };
}

/** Whether a file is at a path. If that cannot be told, for want of a grant to read it, it is. */
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
    if (error instanceof Error) return false; // it is to be made, or opening it tells what is wrong
    throw error;
  }
}
