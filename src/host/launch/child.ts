/** Child processes of the runtime: `Deno.Command` in the form that the command host needs. */

import { exitedWith, type ExitStatus, killedBy, signalNumberOf } from "../../model/mod.ts";

/** A process that runs or has ended. */
export interface ChildHandle {
  /** Always above 1. */
  readonly pid: number;
  /**
   * Sends a signal only to this process, and may be called repeatedly. Throws if the process has been reaped or the
   * signal does not exist.
   */
  kill(signal: number): void;
  readonly ended: Promise<ExitStatus>;
  /** Its output, if its output is a pipe. */
  readonly output: readonly ReadableStream<Uint8Array<ArrayBuffer>>[];
}

/** How to start a child. */
export interface ChildOptions {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** The text on its standard input. @default none */
  readonly input?: Uint8Array<ArrayBuffer> | undefined;
  /** The destination of its output: nowhere, the daemon, or a file that `node:fs` opened. */
  readonly output: "null" | "piped" | { readonly fd: number };
}

/** Starts a child in a new session. Throws if that is not possible. */
export function startChild(options: ChildOptions): ChildHandle {
  if (options.argv.length === 0) throw new Deno.errors.NotFound("the command is empty (os error 2)");
  const [program, ...args] = options.argv;
  const output = outputOption(options.output);
  const child = new Deno.Command(program, {
    args,
    cwd: options.workingDir,
    clearEnv: true,
    env: options.environment,
    uid: options.uid,
    gid: options.gid,
    stdin: options.input === undefined ? "null" : "piped",
    stdout: output,
    stderr: output,
    detached: true,
  }).spawn();
  if (options.input !== undefined) void writeAll(child.stdin, options.input);
  return {
    pid: child.pid,
    kill: (signal) => child.kill(signal as unknown as Deno.Signal), // the runtime also accepts numbers
    ended: child.status.then(({ code, signal }) => exitStatus(code, signal), unnamedSignal),
    output: output === "piped" ? [child.stdout, child.stderr] : [],
  };
}

/** Writes a text and closes the stream. A process need not read it. */
async function writeAll(
  stream: WritableStream<Uint8Array<ArrayBuffer>>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/**
 * The runtime also accepts the number of an open file, although its types do not say so: `node:child_process` is built
 * on this. That module itself is not used for two reasons. It sends only one signal to a process. And for a process
 * that exits with a code after a signal, it reports that the signal killed it.
 */
function outputOption(output: ChildOptions["output"]): "null" | "piped" {
  return typeof output === "object" ? output.fd as unknown as "null" : output;
}

/** A module of Node.js, loaded synchronously on the first call. */
export function nodeModule(name: string): unknown {
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): unknown } };
  return process.getBuiltinModule(name);
}

function exitStatus(code: number, signal: string | null): ExitStatus {
  return signal === null ? exitedWith(code) : killedBy(signalNumberOf(signal));
}

/** The runtime has no names for real-time signals: if one ended the process, the status is an error. */
function unnamedSignal(error: unknown): ExitStatus {
  const [, number] = /^Invalid signal: (\d+)/.exec((error as Error).message) ?? [];
  return killedBy(Number(number ?? 0));
}
