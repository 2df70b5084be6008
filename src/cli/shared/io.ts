/** What a command-line tool needs from its process, so that tests can replace it. */

import { environmentVariable } from "../../inherited/mod.ts";
import { encodeBytes } from "../../model/bytes.ts";

/** The environment of a tool. */
export interface CtlIo {
  /**
   * Writes text or bytes to standard output. Never throws because the reader is gone; `false` tells a caller that
   * writes without end.
   */
  out(data: string | Uint8Array): void | false;
  /** Writes to standard error. */
  err(text: string): void;
  /**
   * A variable of the tool's own environment; `undefined` if it is not set. Throws `Deno.errors.NotCapable` without the
   * grant.
   */
  env(name: string): string | undefined;
  /** The real user id; `undefined` if it cannot be known. */
  uid(): number | undefined;
  /** The terminal of standard output; `undefined` if it is no terminal. */
  terminal(): { readonly columns: number } | undefined;
  /** Whether standard error is a terminal: then messages may contain more than the reference's. */
  errorTerminal(): boolean;
  /** Wall clock time in milliseconds since 1970. */
  now(): number;
}

/** The columns of a terminal of unknown width. */
const DEFAULT_COLUMNS = 80;

/** How long to wait before writing again to a non-blocking pipe that is full, in milliseconds. */
const FULL_PIPE_PAUSE = 2;

/** The environment of the real process. */
export function processIo(): CtlIo {
  return {
    out: (data) => writeAll(Deno.stdout, typeof data === "string" ? encodeBytes(data) : data),
    err: (text) => void writeAll(Deno.stderr, encodeBytes(text)),
    env: variable,
    uid: realUserId,
    terminal: () => Deno.stdout.isTerminal() ? { columns: terminalColumns() } : undefined,
    errorTerminal: () => Deno.stderr.isTerminal(),
    now: () => Date.now(),
  };
}

/** False if the reader is gone. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void | false {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      // The reader of a pipe may exit: unread output does not matter, and there is no place to report it.
      if (!(error instanceof Deno.errors.WouldBlock)) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_PAUSE);
    }
  }
}

/** The binary has all grants. Otherwise the runtime would prompt at the terminal for a missing grant. */
function variable(name: string): string | undefined {
  const isSeen = Deno.build.standalone ||
    Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
  if (isSeen) return environmentVariable(name);
  throw new Deno.errors.NotCapable(`Requires env access to "${name}", run again with the --allow-env flag`);
}

function realUserId(): number | undefined {
  try {
    return Deno.uid() ?? undefined;
  } catch {
    return undefined;
  }
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || DEFAULT_COLUMNS;
  } catch {
    return DEFAULT_COLUMNS;
  }
}
