import { decodeBytes } from "../model/mod.ts";
import {
  BOOT_ID_FILE,
  type BootClock,
  parseStat,
  type ProcessStat,
  type TickRange,
  TICKS_PER_SECOND,
} from "./boot_clock.ts";
import { type Files, O } from "./files.ts";
import { type Library, SystemCallError } from "./library.ts";

const CLOCK_BOOTTIME = 7;
const NANOSECONDS_PER_TICK = 10_000_000;
/** Larger than any `/proc/PID/stat` and than a boot id, in bytes. */
const LARGEST = 4096;

/** The system's time since boot, in ticks. It needs no permission except for the library. */
export class BootTime implements BootClock {
  readonly #library: Library;
  readonly #files: Files;
  /** A `struct timespec`. Only the lower halves are used; they last for 136 years. */
  readonly #time = new Uint32Array(4);
  readonly #bytes = new Uint8Array(this.#time.buffer);

  constructor(library: Library, files: Files) {
    this.#library = library;
    this.#files = files;
  }

  bootId(): string | undefined {
    return this.#read(BOOT_ID_FILE)?.trim();
  }

  now(): TickRange {
    this.#library.symbols.clock_gettime(CLOCK_BOOTTIME, this.#bytes);
    const ticks = this.#time[0] * TICKS_PER_SECOND + Math.floor(this.#time[2] / NANOSECONDS_PER_TICK);
    return { earliest: ticks, latest: ticks };
  }

  /** Milliseconds since boot, with fractions. It includes the time in which the machine was suspended. */
  milliseconds(): number {
    this.#library.symbols.clock_gettime(CLOCK_BOOTTIME, this.#bytes);
    return this.#time[0] * 1000 + this.#time[2] / 1e6;
  }

  look(pid: number): ProcessStat | undefined {
    const text = this.#read(`/proc/${pid}/stat`);
    return text === undefined ? undefined : parseStat(text);
  }

  #read(path: string): string | undefined {
    let fd: number | undefined;
    try {
      fd = this.#files.open(path, O.RDONLY);
      const bytes = new Uint8Array(LARGEST);
      return decodeBytes(bytes.subarray(0, this.#files.read(fd, bytes) ?? 0));
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return undefined;
    } finally {
      if (fd !== undefined) this.#files.close(fd);
    }
  }
}
