/** The C library itself: finding it, loading it, and explaining failed calls. */

import { encodeBytes, errnoText } from "../model/mod.ts";
import { BATCHES, type SymbolName, SYMBOLS } from "./symbols.ts";

/** The native host is not available here. */
export class LibcUnavailableError extends Error {
  override readonly name = "LibcUnavailableError";
}

/** A call of the C library failed. The message ends like the runtime's own messages. */
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

/** The processors whose data layouts this program knows. */
export type Architecture = "x86_64" | "aarch64";

/** Where distributions install glibc. A grant for a single path must name one of these. */
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

/** The loaded library. The other files of this folder wrap its functions; nothing outside uses it directly. */
export class Library {
  readonly symbols: Symbols;
  readonly architecture: Architecture;
  readonly #errnoAddress: bigint;
  readonly #errno = new Int32Array(1);

  constructor(path: string, architecture: Architecture) {
    this.symbols = loadSymbols(path);
    this.architecture = architecture;
    this.#errnoAddress = this.symbols.__errno_location();
  }

  /** Why the last call failed. Read it at once, before any await. */
  errno(): number {
    this.symbols.memcpyOut(asBytes(this.#errno), this.#errnoAddress, 4n);
    return this.#errno[0];
  }

  /** Returns the result, or throws `SystemCallError` if it is −1. */
  check(call: string, result: number): number {
    if (result === -1) throw new SystemCallError(call, this.errno());
    return result;
  }
}

/**
 * Loads the first batch of functions, and every other batch at the first use of one of its functions. The runtime
 * compiles machine code for a function that it loads: all of them would take 10 ms, mostly for functions that few
 * services need. Throws if any function is missing.
 */
function loadSymbols(path: string): Symbols {
  const symbols = {};
  const load = (batch: readonly SymbolName[], others: Deno.ForeignLibraryInterface = {}) => {
    const functions = Object.fromEntries(batch.map((name) => [name, SYMBOLS[name]]));
    const loaded = Deno.dlopen(path, { ...functions, ...others }).symbols;
    for (const name of batch) Object.defineProperty(symbols, name, { value: loaded[name] });
  };
  const [first, ...later] = BATCHES;
  const found: Record<string, Deno.ForeignStatic> = {};
  for (const [key, { name, optional }] of Object.entries<Deno.ForeignFunction>(SYMBOLS)) {
    if (first.some((needed) => needed === key)) continue;
    found[key] = { name, optional, type: "u8" }; // as a variable: the runtime finds it, and compiles nothing
    const alone = [key as SymbolName]; // a key of the table
    const batch = later.find((names) => names.some((other) => other === key)) ?? alone;
    const get = () => {
      load(batch);
      return Reflect.get(symbols, key);
    };
    Object.defineProperty(symbols, key, { get, configurable: true });
  }
  load(first, found);
  return symbols as Symbols;
}

let loaded: Library | undefined;

/**
 * Loads the library once, from a path that the grants allow. Throws `LibcUnavailableError` without a grant, or without
 * glibc for x86-64 or arm64.
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
  let granted = false;
  let cause: unknown;
  for (const path of PATHS[arch]) {
    if (!mayLoad(path)) continue;
    granted = true;
    try {
      return new Library(path, arch);
    } catch (error) {
      cause = error;
    }
  }
  if (!granted) {
    throw new LibcUnavailableError(`the native host needs --allow-ffi, or --allow-ffi=${PATHS[arch][0]}`);
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
/** Memory for one text: a call has ended before the next text is written there. */
const scratch = new Uint8Array(4096);

/** A C string: the bytes and a zero. Use it at once, for one call: the next text overwrites it. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const { read, written } = encoder.encodeInto(text, scratch);
  if (read < text.length || written === scratch.length || LOSSLESS.test(text)) {
    return encodeBytes(`${text}\0`);
  }
  scratch[written] = 0;
  return scratch;
}

/** The characters for bytes that are not part of valid UTF-8. */
const LOSSLESS = /[\udc80-\udcff]/;

/** The memory of an array of numbers as bytes. */
export function asBytes(array: Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer);
}
