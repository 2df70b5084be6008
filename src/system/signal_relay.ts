import { type Architecture, asBytes, type Library, SystemCallError } from "./library.ts";
import { SharedMemory } from "./shared_memory.ts";

/** The signal as which relayed signals arrive. By default it has no effect, and it has no other use here. */
export const WAKE_UP: Deno.Signal = "SIGURG";

/** Signals are numbered from 1 to 64. */
const COUNTS = 65;
const PAGE = 4096n;
const PROT_READ_WRITE = 3;
const PROT_READ_EXECUTE = 5;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const FAILED = 0xffffffffffffffffn;
const SIG_DFL = 0n;
const SIG_IGN = 1n;
/** Where the memory has how many signals were delivered; before it are the counts of those that arrived. */
const DELIVERED = 4 * COUNTS;
const MEMORY_SIZE = 2 * 4 * COUNTS;
/** glibc reserves these two for its threads and handles the second. The C library refuses to change the first. */
const CANCEL = 32;
const SET_IDS = 33;
const SYS_RT_SIGACTION: Record<Architecture, bigint> = { x86_64: 13n, aarch64: 134n };

/**
 * Receives signals that the runtime cannot listen to (all real-time signals), or that it handles itself (SIGUSR1).
 *
 * A signal handler may do very little, so it cannot run JavaScript. This handler is a few machine instructions: it
 * counts the signal and sends `WAKE_UP` to the process, to which the runtime can listen. Executing a program removes
 * handlers but keeps ignored signals, so children are not affected.
 *
 * The counts are in memory that another program can inherit. So a signal that arrives while this program is replaced is
 * delivered by its heir.
 */
export class SignalRelay {
  readonly #library: Library;
  readonly #memory: SharedMemory;
  readonly #handler: bigint;
  readonly #delivered = new Int32Array(COUNTS);
  readonly #arrived = new Int32Array(COUNTS);

  /**
   * `inherited`: the memory of the relay of the program that this one replaces. Throws `SystemCallError` if there is no
   * memory for the handler, or the system refuses to make it executable.
   */
  constructor(library: Library, inherited?: number) {
    this.#library = library;
    const { symbols, architecture } = library;
    this.#memory = inherited === undefined
      ? SharedMemory.create(library, "dinit signals", MEMORY_SIZE)
      : SharedMemory.inherit(library, inherited, MEMORY_SIZE);
    this.#memory.read(DELIVERED, asBytes(this.#delivered));
    const page = symbols.mmap(0n, PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n);
    if (page === FAILED) throw new SystemCallError("mmap", library.errno());
    this.#handler = page;
    const code = handlerCode(architecture, this.#memory.address);
    symbols.memcpyIn(page, code, BigInt(code.length));
    library.check("mprotect", symbols.mprotect(page, PAGE, PROT_READ_EXECUTE));
  }

  /** The descriptor of the memory. */
  get descriptor(): number {
    return this.#memory.fd;
  }

  /** Receives a signal from now on, and replaces its previous handler. */
  take(signal: number): void {
    if (signal === CANCEL) this.#ignore(signal);
    else if (signal !== SET_IDS) this.#library.symbols.signal(signal, this.#handler);
  }

  /** Restores the default effect of a signal. */
  release(signal: number): void {
    this.#library.symbols.signal(signal, SIG_DFL);
  }

  /** Calls `handle` for each signal that has arrived and was not delivered, with how often it arrived. */
  deliver(handle: (signal: number, times: number) => void): void {
    this.#memory.read(0, asBytes(this.#arrived));
    for (let signal = 1; signal < COUNTS; signal++) {
      const times = (this.#arrived[signal] - this.#delivered[signal]) | 0; // the count wraps around
      if (times === 0) continue;
      try {
        handle(signal, times);
      } finally {
        this.#delivered[signal] = this.#arrived[signal];
        this.#memory.write(DELIVERED + 4 * signal, asBytes(this.#delivered.slice(signal, signal + 1)));
      }
    }
  }

  /** A system call, because the C library refuses. The structure begins with the handler; the rest is zero. */
  #ignore(signal: number): void {
    const { symbols, architecture } = this.#library;
    const action = new BigUint64Array([SIG_IGN, 0n, 0n, 0n]);
    const bytes = new Uint8Array(action.buffer);
    symbols.syscallOfFour(SYS_RT_SIGACTION[architecture], BigInt(signal), bytes, 0n, 8n);
  }
}

/** The handler: `counts[signal] += 1; kill(getpid(), SIGURG)`. */
function handlerCode(architecture: Architecture, counts: bigint): Uint8Array<ArrayBuffer> {
  return architecture === "x86_64" ? codeForX86(counts) : codeForArm(counts);
}

function codeForX86(counts: bigint): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(new BigUint64Array([counts]).buffer);
  // deno-fmt-ignore
  return new Uint8Array([
    0xf3, 0x0f, 0x1e, 0xfa,       // endbr64
    0x89, 0xf8,                   // mov  eax, edi
    0x48, 0xb9, ...address,       // mov  rcx, counts
    0xf0, 0xff, 0x04, 0x81,       // lock inc dword [rcx + rax*4]
    0xb8, 39, 0, 0, 0,            // mov  eax, getpid
    0x0f, 0x05,                   // syscall
    0x89, 0xc7,                   // mov  edi, eax
    0xbe, 23, 0, 0, 0,            // mov  esi, SIGURG
    0xb8, 62, 0, 0, 0,            // mov  eax, kill
    0x0f, 0x05,                   // syscall
    0xc3,                         // ret
  ]);
}

function codeForArm(counts: bigint): Uint8Array<ArrayBuffer> {
  // deno-fmt-ignore
  const instructions = [
    0x58000189,                   // ldr  x9, counts
    0x8b204929,                   // add  x9, x9, w0, uxtw #2
    0x885f7d2a,                   // ldxr w10, [x9]
    0x1100054a,                   // add  w10, w10, #1
    0x880b7d2a,                   // stxr w11, w10, [x9]
    0x35ffffab,                   // cbnz w11, the ldxr
    0xd2801588,                   // mov  x8, getpid
    0xd4000001,                   // svc  #0
    0xd28002e1,                   // mov  x1, SIGURG
    0xd2801028,                   // mov  x8, kill
    0xd4000001,                   // svc  #0
    0xd65f03c0,                   // ret
  ];
  const code = new Uint8Array(4 * instructions.length + 8);
  const view = new DataView(code.buffer);
  instructions.forEach((instruction, index) => view.setUint32(4 * index, instruction, true));
  view.setBigUint64(4 * instructions.length, counts, true);
  return code;
}
