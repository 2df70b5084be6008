/** The C library itself: finding it, loading it, and telling why a call failed. */

import { encodeBytes, errnoText } from "../model/mod.ts";
import { SYMBOLS } from "./symbols.ts";

/** The native host cannot be had here. */
export class LibcUnavailableError extends Error {
  override readonly name = "LibcUnavailableError";
}

/** A call of the C library failed. The message ends as the runtime's own messages do. */
export class SystemCallError extends Error {
  override readonly name = "SystemCallError";
  readonly call: string;
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call}: ${errnoText(errno)} (os error ${errno})`);
    this.call = call;
    this.errno = errno;
  }
}

/** The processors whose data layouts are known here. */
export type Architecture = "x86_64" | "aarch64";

/** Where distributions put glibc. A grant that is scoped to a path has to name one of these. */
const PATHS: Record<Architecture, readonly string[]> = {
  x86_64: [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
  ],
  aarch64: [
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/usr/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
  ],
};

type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The loaded library. The other files of this folder dress its functions up; nothing outside sees it. */
export class Library {
  readonly symbols: Symbols;
  readonly architecture: Architecture;
  readonly #errnoAddress: bigint;
  readonly #errno = new Int32Array(1);

  constructor(path: string, architecture: Architecture) {
    checkSymbols(path);
    this.symbols = symbolsWhenNeeded(path);
    this.architecture = architecture;
    this.#errnoAddress = this.symbols.__errno_location();
    void this.symbols.memcpyOut; // `errno` must not load it after the call that failed
  }

  /** Why the last call failed. Only meaningful at once, before anything is awaited. */
  errno(): number {
    this.symbols.memcpyOut(asBytes(this.#errno), this.#errnoAddress, 4n);
    return this.#errno[0];
  }

  /** Passes a result on, or throws `SystemCallError` if it is −1. */
  check(call: string, result: number): number {
    if (result === -1) throw new SystemCallError(call, this.errno());
    return result;
  }
}

/** Throws if a function is missing. For functions that are called on another thread the runtime makes no code. */
function checkSymbols(path: string): void {
  const entries = Object.entries<Deno.ForeignFunction>(SYMBOLS);
  const symbols = Object.fromEntries(
    entries.map(([name, symbol]) => [name, { ...symbol, nonblocking: true }]),
  );
  Deno.dlopen(path, symbols).close();
}

/**
 * The functions, each of which is loaded when it is used first. The runtime makes machine code for every function that
 * it loads: 10 ms for all of them, most of which is for functions that few services need.
 */
function symbolsWhenNeeded(path: string): Symbols {
  const symbols = {};
  for (const [name, symbol] of Object.entries<Deno.ForeignFunction>(SYMBOLS)) {
    const get = () => {
      const value = Deno.dlopen(path, { [name]: symbol }).symbols[name];
      Object.defineProperty(symbols, name, { value });
      return value;
    };
    Object.defineProperty(symbols, name, { get, configurable: true });
  }
  return symbols as Symbols;
}

let loaded: Library | undefined;

/**
 * Loads the library once, from wherever leave was given to load it. Throws `LibcUnavailableError` if there is no leave,
 * or no glibc for x86-64 or arm64.
 */
export function openLibrary(): Library {
  return loaded ??= loadLibrary();
}

function loadLibrary(): Library {
  const { os, arch } = Deno.build;
  if (os !== "linux" || !(arch === "x86_64" || arch === "aarch64")) {
    throw new LibcUnavailableError(
      `the native host runs on Linux on x86-64 and arm64, not on ${os} on ${arch}`,
    );
  }
  const granted = PATHS[arch].filter((path) => mayLoad(path));
  if (granted.length === 0) {
    throw new LibcUnavailableError(`the native host needs --allow-ffi, or --allow-ffi=${PATHS[arch][0]}`);
  }
  let cause: unknown;
  for (const path of granted) {
    try {
      return new Library(path, arch);
    } catch (error) {
      cause = error;
    }
  }
  throw new LibcUnavailableError(
    "the native host needs glibc 2.29 or newer (libc.so.6), which was not found",
    { cause },
  );
}

function mayLoad(path: string): boolean {
  return Deno.permissions.querySync({ name: "ffi", path }).state === "granted";
}

const encoder = new TextEncoder();
/** Room for one text at a time: a call is over before the next text is put there. */
const scratch = new Uint8Array(4096);

/**
 * A text as C has it: its bytes and a zero. It is to be used for one call, at once: the next text takes its place.
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const { read, written } = encoder.encodeInto(text, scratch);
  if (read < text.length || written === scratch.length || LOSSLESS.test(text)) {
    return encodeBytes(`${text}\0`);
  }
  scratch[written] = 0;
  return scratch;
}

/** What stands for a byte that is not part of valid UTF-8. */
const LOSSLESS = /[\udc80-\udcff]/;

/** The memory of an array of numbers as bytes. */
export function asBytes(array: Int32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer);
}
