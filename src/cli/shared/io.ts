/** What a command-line tool needs of the process around it, so that tests can stand in for it. */

import { environmentVariable } from "../../inherited/mod.ts";
import { encodeBytes } from "../../model/mod.ts";

/** The surroundings of a tool. */
export interface CtlIo {
  /**
   * Writes to standard output: text as it stands, or bytes. Never throws because nobody reads; who would write without
   * end is told by `false`.
   */
  out(data: string | Uint8Array): void | false;
  /** Writes to standard error. */
  err(text: string): void;
  /**
   * A variable of the tool's own environment; `undefined` if it is not set. Throws `Deno.errors.NotCapable` if the
   * tool may not look.
   */
  env(name: string): string | undefined;
  /** The real user id; `undefined` if it cannot be known. */
  uid(): number | undefined;
  /** The terminal that standard output is; `undefined` if it is something else. */
  terminal(): { readonly columns: number } | undefined;
  /** Whether standard error is a terminal: then messages may say more than the reference does. */
  errorTerminal(): boolean;
  /** Wall clock time in milliseconds since 1970. */
  now(): number;
}

/** The columns of a terminal that does not tell. */
const DEFAULT_COLUMNS = 80;

/** How long to wait before writing again to a pipe that is full and was made non-blocking, in milliseconds. */
const FULL_PIPE_PAUSE = 2;

/** The surroundings of the real process. */
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

/** False if nobody reads any more. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void | false {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      // The reader of a pipe may go away: what it did not read is nobody's loss. Nor is there a place to complain to.
      if (!(error instanceof Deno.errors.WouldBlock)) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_PAUSE);
    }
  }
}

/** The binary may see all. Elsewhere the runtime would ask at the terminal for a grant that is missing. */
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
