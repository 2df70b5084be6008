import type { MainLogTarget } from "./main_log.ts";

/** A file as the main log: lines are appended as they are (daemon and init 5.1, 5.3). */
export function logFile(path: string): MainLogTarget {
  return {
    prefix: () => "",
    open: async () => {
      // Opening a FIFO that nobody reads would wait for ever, unless it is opened for reading as well.
      const read = await isFifo(path);
      return Deno.open(path, { append: true, create: true, mode: 0o644, read });
    },
  };
}

async function isFifo(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFifo ?? false;
  } catch (error) {
    if (error instanceof Error) return false; // it is to be made, or opening it tells what is wrong
    throw error;
  }
}
