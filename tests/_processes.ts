/**
 * Processes that tests start: what imports this leaves none behind, and no temporary files, also when the tests are
 * interrupted. It waits for the ends of processes with a limit.
 */

import { leaveNothingBehind } from "../scripts/process_guard.ts";
import { PATIENCE, soon, type Text, until } from "./_patience.ts";

leaveNothingBehind();

const kill = Deno.kill;
/** A missing id, read from a file that is empty, is 0, and 0 means the process group of the tests. */
Deno.kill = (pid, signal) => {
  if (!Number.isInteger(pid) || Math.abs(pid) < 2) throw new TypeError(`this is no process id: ${pid}`);
  kill(pid, signal);
};

/** Waits for the end of a process. One that takes longer than `limit` milliseconds is killed, and then this throws. */
export async function endOf(
  child: Deno.ChildProcess,
  what: Text = "a process",
  limit = PATIENCE,
): Promise<Deno.CommandStatus> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limit);
  const status = await child.status;
  clearTimeout(timer);
  if (late) {
    throw new Error(`${typeof what === "string" ? what : what()} did not end within ${limit / 1000} s`);
  }
  return status;
}

/** Sends a signal to a process, unless it has ended already. */
export function killUnlessEnded(child: Deno.ChildProcess, signal: Deno.Signal = "SIGKILL"): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/**
 * The words of the command line or the environment of a process. While a process executes a program, the kernel shows
 * an empty one for a moment, so this waits for the words.
 */
export function wordsOf(pid: number, file: "cmdline" | "environ"): Promise<string[]> {
  const path = `/proc/${pid}/${file}`;
  return until(() => {
    const bytes = Deno.readFileSync(path);
    return bytes.length === 0 ? undefined : latin1(bytes).split("\0").slice(0, -1);
  }, `the words of ${path}`);
}

/** Each byte as one character, so that bytes that are no UTF-8 can be compared. */
export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/**
 * Runs a program to its end and gives what it printed, as `Deno.Command.output` does. One that takes longer than `limit`
 * milliseconds is killed, and then this throws an error with what it has printed.
 */
export async function outputOf(
  program: string,
  options: Deno.CommandOptions,
  limit = PATIENCE,
): Promise<Deno.CommandOutput & { readonly pid: number }> {
  const given = { stdin: "null", stdout: "piped", stderr: "piped", ...options } as const;
  const child = new Deno.Command(program, given).spawn();
  const streams = (["stdout", "stderr"] as const).map((name) =>
    given[name] === "piped" ? new Collected(child[name]) : undefined
  );
  const printed = () => streams.map((stream) => new TextDecoder().decode(stream?.bytes)).join("");
  try {
    const status = await endOf(child, () => `${program} printed:\n${printed()}\nIt`, limit);
    // Processes that it has started may keep the pipes open.
    const ends = Promise.all(streams.map((stream) => stream?.end));
    await soon(ends, () => `the end of the output of ${program}, which printed:\n${printed()}`, limit);
    const [stdout, stderr] = streams.map((stream) => stream?.bytes ?? new Uint8Array());
    return { ...status, pid: child.pid, stdout, stderr };
  } catch (error) {
    await Promise.all(streams.map((stream) => stream?.cancel()));
    throw error;
  }
}

/** What comes out of a stream, as far as it has come. */
class Collected {
  readonly end: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #chunks: Uint8Array[] = [];

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.end = this.#read();
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#chunks.reduce((size, { length }) => size + length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
    await this.end;
  }

  async #read(): Promise<void> {
    for (let part = await this.#reader.read(); !part.done; part = await this.#reader.read()) {
      this.#chunks.push(part.value);
    }
  }
}
