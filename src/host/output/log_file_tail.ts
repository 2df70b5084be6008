import { archiveName } from "../../rotation/mod.ts";

/** Which part of a log file to read. */
export interface TailOptions {
  /** The largest number of bytes. */
  readonly bytes: number;
  /** Reads nothing if the file was last written before this time, in milliseconds since 1970. */
  readonly notBefore: number;
}

/**
 * The end of a log file, which begins in its newest archive if the file itself is too short. Empty if there is no such
 * regular file or it is not readable.
 */
export async function logFileTail(path: string, { bytes, notBefore }: TailOptions): Promise<Uint8Array> {
  const tail = await endOf(path, { bytes, notBefore });
  const missing = bytes - tail.length;
  // The next archive is compressed; without a first one there is none.
  const before = missing === 0
    ? undefined
    : await endOf(archiveName(path, 1, false), { bytes: missing, notBefore });
  return before === undefined || before.length === 0 ? tail : new Uint8Array([...before, ...tail]);
}

async function endOf(path: string, { bytes, notBefore }: TailOptions): Promise<Uint8Array> {
  try {
    const { isFile, size, mtime } = await Deno.stat(path); // a FIFO is not opened, because that would block a thread
    if (!isFile || (mtime !== null && mtime.getTime() < notBefore)) return new Uint8Array(0);
    using file = await Deno.open(path);
    await file.seek(Math.max(0, size - bytes), Deno.SeekMode.Start);
    const buffer = new Uint8Array(bytes);
    return buffer.subarray(0, await file.read(buffer) ?? 0);
  } catch (error) {
    if (error instanceof Error) return new Uint8Array(0); // the text is only a help, so errors do not matter
    throw error;
  }
}
