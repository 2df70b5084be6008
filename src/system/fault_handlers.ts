import { encodeBytes, Errno, Signal } from "../model/mod.ts";
import { faultCode, RECORD_SIZE } from "./fault_code.ts";
import { type Architecture, type Library, SystemCallError } from "./library.ts";
import { ALL_SIGNALS } from "./signal_mask.ts";

/** The program to execute after a fault. Texts are decoded with `decodeBytes`. */
export interface FaultProgram {
  /** Its file, such as `/proc/self/exe`, which is the same program even if its file was removed. */
  readonly path: string;
  readonly argv: readonly string[];
  /** `NAME=VALUE` */
  readonly environment: readonly string[];
  /** An open descriptor for the signal's data, `RECORD_SIZE` bytes. */
  readonly record: number;
  /** Descriptors below this number survive. */
  readonly descriptors: number;
}

/** Signals that report a fault of the program itself. */
export const FAULT_SIGNALS: readonly number[] = [
  Signal.SEGV,
  Signal.BUS,
  Signal.ILL,
  Signal.FPE,
  Signal.ABRT,
  Signal.TRAP,
];

/** Not SIGPROF: the profiler of the runtime uses it. */
const SIGNAL_OF_TIME = Signal.VTALRM;

const PAGE = 4096;
const PROT_READ_WRITE = 3;
const PROT_READ_EXECUTE = 5;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const FAILED = 0xffffffffffffffffn;
const SA_SIGINFO = 4n;
const SA_RESTORER = 0x04000000n;
const SA_ONSTACK = 0x08000000n;
const SA_RESTART = 0x10000000n;
const CLOCK_PROCESS_CPUTIME_ID = 2n;
const SIGEV_SIGNAL = 0;
interface Numbers {
  readonly sigaction: bigint;
  readonly timerCreate: bigint;
  readonly timerSet: bigint;
}
const SYSTEM_CALLS: Readonly<Record<Architecture, Numbers>> = {
  x86_64: { sigaction: 13n, timerCreate: 222n, timerSet: 223n },
  aarch64: { sigaction: 134n, timerCreate: 107n, timerSet: 110n },
};
/** Places in the data page. */
const ARMED = 0;
const BUSY = 8;
const MASK = 16;
const FAULTS = 24;
const NO_SIGNAL = 64;
const TIMER = NO_SIGNAL + RECORD_SIZE;
const SIGEVENT = TIMER + 64;
const ITIMERSPEC = SIGEVENT + 64;
const TEXTS = 512;

/**
 * Executes a program when this one has a fault: a signal for a fault, an end that nobody has ordered (as after an error
 * in the runtime that it cannot handle), or a loop without end. The process keeps its id, children and descriptors.
 * docs/surviving.md.
 */
export class FaultHandlers {
  readonly #library: Library;
  readonly #data: bigint;
  readonly #entries: Readonly<Record<"fault" | "exit" | "busy" | "return", bigint>>;

  /** Prepares everything. Throws `SystemCallError` if the system refuses memory, or executable memory. */
  constructor(library: Library, program: FaultProgram) {
    this.#library = library;
    const texts = new Texts(TEXTS);
    const path = texts.text(program.path);
    const argv = texts.vector(program.argv);
    const envp = texts.vector(program.environment);
    this.#data = this.#map(texts.size);
    this.#copy(this.#data, texts.laidOut(this.#data));
    this.#copy(this.#data + BigInt(MASK), new Uint8Array(8).fill(0xff));
    const at = (place: number) => this.#data + BigInt(place);
    const { code, entries } = faultCode(library.architecture, {
      armed: at(ARMED),
      busyCount: at(BUSY),
      faults: at(FAULTS),
      allSignals: at(MASK),
      noSignal: at(NO_SIGNAL),
      path: at(path),
      argv: at(argv),
      envp: at(envp),
      record: program.record,
      descriptors: program.descriptors,
    });
    const page = this.#map(code.length);
    this.#copy(page, code);
    library.check("mprotect", library.symbols.mprotect(page, BigInt(PAGE), PROT_READ_EXECUTE));
    const entry = (place: number) => page + BigInt(place);
    this.#entries = {
      fault: entry(entries.fault),
      exit: entry(entries.exit),
      busy: entry(entries.busy),
      return: entry(entries.return),
    };
  }

  /** From now on a fault executes the program. */
  install(): void {
    this.arm();
    // No other signal may interrupt the handler: the stack for signals has no room for a second one.
    for (const signal of FAULT_SIGNALS) this.#handle(signal, this.#entries.fault, SA_ONSTACK);
    const { symbols } = this.#library;
    if (symbols.on_exit(this.#entries.exit, 0n) !== 0) throw new SystemCallError("on_exit", Errno.ENOMEM);
  }

  /**
   * From now on it is a fault, too, if the program uses this much processor time, in seconds, without a call of
   * `alive`. An idle program does nothing for that. After half of the time `SIGURG` arrives.
   */
  watchTime(seconds: number): void {
    this.#handle(SIGNAL_OF_TIME, this.#entries.busy, SA_RESTART); // on the ordinary stack: others may follow on it
    const calls = SYSTEM_CALLS[this.#library.architecture];
    const { symbols } = this.#library;
    // struct sigevent: a value, the signal, the kind
    const event = new Uint8Array(64);
    new DataView(event.buffer).setInt32(8, SIGNAL_OF_TIME, true);
    new DataView(event.buffer).setInt32(12, SIGEV_SIGNAL, true);
    const at = (place: number) => this.#data + BigInt(place);
    this.#copy(at(SIGEVENT), event);
    const created = symbols.syscall(calls.timerCreate, CLOCK_PROCESS_CPUTIME_ID, at(SIGEVENT), at(TIMER));
    this.#library.check("timer_create", Number(created));
    const timer = new Uint8Array(4);
    symbols.memcpyOut(timer, at(TIMER), 4n);
    const half = BigInt(Math.ceil(seconds * 1e9 / 2));
    const time = [half / 1_000_000_000n, half % 1_000_000_000n];
    this.#copy(at(ITIMERSPEC), new Uint8Array(new BigInt64Array([...time, ...time]).buffer)); // interval, first time
    const set = symbols.syscallOfFour(
      calls.timerSet,
      BigInt(new DataView(timer.buffer).getInt32(0, true)),
      null, // no flags
      at(ITIMERSPEC),
      0n,
    );
    this.#library.check("timer_settime", Number(set));
  }

  /** The event loop turns: the time that was used so far does not count. */
  alive(): void {
    this.#copy(this.#data + BigInt(BUSY), new Uint8Array(4));
  }

  /** Has a fault at once. It does not return. */
  raise(): void {
    this.#library.symbols.kill(Deno.pid, Signal.ABRT);
  }

  /** A fault counts again. */
  arm(): void {
    this.#copy(this.#data + BigInt(ARMED), new Uint8Array([1, 0, 0, 0]));
  }

  /** From now on a fault ends the program, because it is ending anyway. */
  disarm(): void {
    this.#copy(this.#data + BigInt(ARMED), new Uint8Array(4));
  }

  #map(size: number): bigint {
    const length = BigInt(Math.ceil(size / PAGE) * PAGE);
    const page = this.#library.symbols.mmap(0n, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n);
    if (page === FAILED) throw new SystemCallError("mmap", this.#library.errno());
    return page;
  }

  #copy(address: bigint, bytes: Uint8Array<ArrayBuffer>): void {
    this.#library.symbols.memcpyIn(address, bytes, BigInt(bytes.length));
  }

  /** This is a system call, because the C library would set another function that returns from the handler. */
  #handle(signal: number, handler: bigint, flags: bigint): void {
    const { symbols, architecture } = this.#library;
    const all = SA_SIGINFO | SA_RESTORER | flags;
    const action = new BigUint64Array([handler, all, this.#entries.return, ALL_SIGNALS]);
    const number = SYSTEM_CALLS[architecture].sigaction;
    const result = symbols.syscallOfFour(number, BigInt(signal), new Uint8Array(action.buffer), 0n, 8n);
    this.#library.check("sigaction", Number(result));
  }
}

/** Texts and vectors of texts, laid out for an address that is known later. */
class Texts {
  readonly #vectors: { readonly place: number; readonly texts: readonly number[] }[] = [];
  readonly #texts: { readonly place: number; readonly bytes: Uint8Array }[] = [];
  size: number;

  /** `begin`: the place of the first text. */
  constructor(begin: number) {
    this.size = begin;
  }

  /** Adds a text and returns its place. */
  text(text: string): number {
    const bytes = encodeBytes(`${text}\0`);
    const place = this.size;
    this.#texts.push({ place, bytes });
    this.size += bytes.length;
    return place;
  }

  /** Adds a vector that ends with 0, and returns its place. */
  vector(texts: readonly string[]): number {
    const places = texts.map((text) => this.text(text));
    const place = Math.ceil(this.size / 8) * 8;
    this.#vectors.push({ place, texts: places });
    this.size = place + 8 * (texts.length + 1);
    return place;
  }

  /** All bytes, for memory at this address. */
  laidOut(address: bigint): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    const view = new DataView(bytes.buffer);
    for (const { place, bytes: text } of this.#texts) bytes.set(text, place);
    for (const { place, texts } of this.#vectors) {
      texts.forEach((text, index) => view.setBigUint64(place + 8 * index, address + BigInt(text), true));
    }
    return bytes;
  }
}
