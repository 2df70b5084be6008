/** Child processes of the runtime: `Deno.Command` in the form that the command host needs. */

import { exitedWith, type ExitStatus, killedBy, signalNumberOf } from "../../model/mod.ts";

/** A process that runs or has ended. */
export interface ChildHandle {
  /** Always above 1. */
  readonly pid: number;
  /**
   * Sends a signal to the process alone, as often as it is called. Throws if the process has been reaped or there is
   * no such signal.
   */
  kill(signal: number): void;
  readonly ended: Promise<ExitStatus>;
  /** What it writes, if its output is piped. */
  readonly output: readonly ReadableStream<Uint8Array>[];
}

/** How to start a child. */
export interface ChildOptions {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Where its output goes: nowhere, to the daemon, or to a file that `node:fs` opened. */
  readonly output: "null" | "piped" | { readonly fd: number };
}

/** Starts a child in a session of its own. Throws if that is not possible. */
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
    stdin: "null",
    stdout: output,
    stderr: output,
    detached: true,
  }).spawn();
  return {
    pid: child.pid,
    kill: (signal) => child.kill(signal as unknown as Deno.Signal), // the runtime takes numbers as well
    ended: child.status.then(({ code, signal }) => exitStatus(code, signal), unnamedSignal),
    output: output === "piped" ? [child.stdout, child.stderr] : [],
  };
}

/**
 * The runtime takes the number of an open file as well, although its types do not say so: `node:child_process` is
 * made of this. That module itself is not used. It sends one signal to a process and no second one, and it says of a
 * process that a signal made exit in order that the signal killed it.
 */
function outputOption(output: ChildOptions["output"]): "null" | "piped" {
  return typeof output === "object" ? output.fd as unknown as "null" : output;
}

/** A module of Node.js, loaded at once and only now. */
export function nodeModule(name: string): unknown {
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): unknown } };
  return process.getBuiltinModule(name);
}

function exitStatus(code: number, signal: string | null): ExitStatus {
  return signal === null ? exitedWith(code) : killedBy(signalNumberOf(signal));
}

/** The runtime has no names for real-time signals: instead of the status of a process that one ended there is an error. */
function unnamedSignal(error: unknown): ExitStatus {
  const [, number] = /^Invalid signal: (\d+)/.exec((error as Error).message) ?? [];
  return killedBy(Number(number ?? 0));
}
