import { type Library, SystemCallError } from "./library.ts";
import { Memory } from "./memory.ts";
import { type SpawnRequest, SpawnWork } from "./spawn_work.ts";

/** Where the system writes the id of a new process. */
export interface PidPlace {
  readonly memory: Memory;
  readonly offset: number;
}

/** The address of a place. */
export function addressOf({ memory, offset }: PidPlace): bigint {
  return memory.address + BigInt(offset);
}

/** Makes processes with `posix_spawn`, in the calling thread. */
export class Spawner {
  readonly #library: Library;
  readonly #ignored: bigint;
  readonly #place: PidPlace;
  readonly #free: SpawnWork[] = [];

  /** @param ignored the signals whose disposition does not change; bit 0 is signal 1. All others get their default */
  constructor(library: Library, ignored: bigint) {
    this.#library = library;
    this.#ignored = ignored;
    this.#place = { memory: Memory.reserve(library, 4), offset: 0 };
  }

  /** Memory for one call. Throws `SystemCallError`. */
  take(): SpawnWork {
    return this.#free.pop() ?? new SpawnWork(this.#library, this.#ignored);
  }

  /** The call is over: its memory serves the next one. */
  giveBack(work: SpawnWork): void {
    this.#free.push(work);
  }

  /** Makes a process and returns its id. Throws `SystemCallError` with the reason of a failure. */
  spawn(request: SpawnRequest): number {
    const work = this.take();
    try {
      work.lay(request);
      const errno = this.call(work, this.#place);
      if (errno !== 0) throw new SystemCallError("posix_spawn", errno);
      const pid = pidIn(this.#place);
      work.made(pid);
      return pid;
    } finally {
      this.giveBack(work);
    }
  }

  /** Performs a laid request. Returns the error number, or 0. The thread waits until the program is executed. */
  call({ path, actions, attributes, argv, environment }: SpawnWork, pid: PidPlace): number {
    return this.#library.symbols.posix_spawn(
      addressOf(pid),
      path,
      actions,
      attributes,
      argv,
      environment,
    );
  }
}

/** The process id at a place. */
export function pidIn({ memory, offset }: PidPlace): number {
  const pid = new Int32Array(1);
  memory.read(offset, new Uint8Array(pid.buffer));
  return pid[0];
}
