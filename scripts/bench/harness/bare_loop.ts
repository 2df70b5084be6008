const LIBC = `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`;

const SYMBOLS = {
  posix_spawn: { parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"], result: "i32" },
  posix_spawnattr_init: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32" },
  posix_spawnattr_setsigdefault: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawnattr_setsigmask: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  posix_spawn_file_actions_addfchdir_np: { parameters: ["buffer", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  waitpid: { parameters: ["i32", "pointer", "i32"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Larger than both structures on all known platforms. */
const OPAQUE_SIZE = 1024;
const SIGSET_SIZE = 128;
/** SETSIGDEF, SETSIGMASK and SETSID. */
const FLAGS = 0x04 | 0x08 | 0x80;
const O_RDWR = 2;
const TERM = 15;

/** Options of `BareLoop`. */
export interface BareLoopOptions {
  /**
   * Starts each process as a service would be: in a new session, with default signals, a working directory, and
   * `/dev/null` as standard streams. @default false
   */
  readonly asService?: boolean;
}

/** Starts and stops processes as a C program would, with a bare loop around the system calls. This is the floor. */
export class BareLoop {
  readonly #library = Deno.dlopen(LIBC, SYMBOLS);
  readonly #texts: readonly Uint8Array<ArrayBuffer>[];
  readonly #environment: readonly Uint8Array<ArrayBuffer>[];
  readonly #argv: Uint8Array<ArrayBuffer>;
  readonly #envp: Uint8Array<ArrayBuffer>;
  readonly #pid = new Int32Array(1);
  readonly #attributes: Uint8Array<ArrayBuffer> | null = null;
  readonly #actions: Uint8Array<ArrayBuffer> | null = null;
  #running: number[] = [];

  constructor(
    argv: readonly string[],
    environment: ReadonlyMap<string, string>,
    options: BareLoopOptions = {},
  ) {
    this.#texts = argv.map(cString);
    this.#environment = Array.from(environment, ([name, value]) => cString(`${name}=${value}`));
    this.#argv = vector(this.#texts);
    this.#envp = vector(this.#environment);
    if (!options.asService) return;
    const { symbols } = this.#library;
    this.#attributes = new Uint8Array(OPAQUE_SIZE);
    symbols.posix_spawnattr_init(this.#attributes);
    symbols.posix_spawnattr_setflags(this.#attributes, FLAGS);
    symbols.posix_spawnattr_setsigdefault(this.#attributes, new Uint8Array(SIGSET_SIZE).fill(255, 0, 8));
    symbols.posix_spawnattr_setsigmask(this.#attributes, new Uint8Array(SIGSET_SIZE));
    this.#actions = new Uint8Array(OPAQUE_SIZE);
    const nothing = symbols.open(cString("/dev/null"), O_RDWR);
    symbols.posix_spawn_file_actions_init(this.#actions);
    symbols.posix_spawn_file_actions_addfchdir_np(this.#actions, symbols.open(cString("/"), 0));
    for (const fd of [0, 1, 2]) symbols.posix_spawn_file_actions_adddup2(this.#actions, nothing, fd);
  }

  /** Starts processes. Returns the milliseconds until the last one runs its program. */
  start(count: number): number {
    const { posix_spawn: spawn } = this.#library.symbols;
    const pid = new Uint8Array(this.#pid.buffer);
    const begin = performance.now();
    for (let index = 0; index < count; index++) {
      if (spawn(pid, this.#texts[0], this.#actions, this.#attributes, this.#argv, this.#envp) !== 0) {
        throw new Error("posix_spawn failed");
      }
      this.#running.push(this.#pid[0]);
    }
    return performance.now() - begin;
  }

  /**
   * Signals and reaps all of them: waits for each before it signals the next, or signals all first. Returns the
   * milliseconds.
   */
  stop(how: "each" | "together"): number {
    const { kill, waitpid } = this.#library.symbols;
    const all = this.#running;
    this.#running = [];
    const begin = performance.now();
    if (how === "together") { for (const pid of all) kill(pid, TERM); }
    for (const pid of all) {
      if (how === "each") kill(pid, TERM);
      waitpid(pid, null, 0);
    }
    return performance.now() - begin;
  }
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** A null-terminated array of addresses. */
function vector(texts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const addresses = texts.map((text) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(text)));
  return new Uint8Array(BigUint64Array.from([...addresses, 0n]).buffer);
}
