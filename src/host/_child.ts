/**
 * Child processes of the runtime, in one form. `Deno.Command` starts them; a service that writes to a log file is
 * started by `node:child_process`, which can hand a file over as standard output, so that nothing is copied.
 */

import { exitedWith, type ExitStatus, killedBy } from "../model/mod.ts";
import { signalNumberOf } from "./signal_names.ts";

/** A process that is running or has ended. */
export interface ChildHandle {
  /** `undefined` if there is no process: `ended` is rejected with the reason. */
  readonly pid: number | undefined;
  /** Sends a signal to the process alone; throws if it has ended or there is no such signal. */
  kill(signal: number): void;
  readonly ended: Promise<ExitStatus>;
  /** What it writes, if its output is piped. */
  readonly output: readonly ReadableStream<Uint8Array>[];
}

/** How to start a child. */
export interface ChildOptions {
  readonly argv: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDir: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Where its output goes: nowhere, to the daemon, or to an open file. */
  readonly output: "null" | "piped" | { readonly fd: number };
}

/** Starts a child in a session of its own. Throws, or has `ended` rejected, if that is not possible. */
export function startChild(options: ChildOptions): ChildHandle {
  if (options.argv.length === 0) throw new Deno.errors.NotFound("the command is empty (os error 2)");
  return typeof options.output === "object" ? startOnFile(options, options.output.fd) : startCommand(options);
}

function startCommand(options: ChildOptions): ChildHandle {
  const [program, ...args] = options.argv;
  const output = options.output === "piped" ? "piped" : "null";
  const child = new Deno.Command(program, {
    args,
    cwd: options.workingDir,
    clearEnv: true,
    env: Object.fromEntries(options.environment),
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
    ended: child.status.then(({ code, signal }) => exitStatus(code, signal)),
    output: output === "piped" ? [child.stdout, child.stderr] : [],
  };
}

/** Whether the runtime can hand an open file to a child; Deno can from 2.9 on. */
export function canPassFiles(version: string = Deno.version.deno): boolean {
  const [major, minor] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 9);
}

function startOnFile(options: ChildOptions, fd: number): ChildHandle {
  const [program, ...args] = options.argv;
  // Loaded here and not above: it costs the daemon 20 ms, and only services with a log file need it.
  const { spawn } = nodeModule("node:child_process") as typeof import("node:child_process");
  const child = spawn(program, args, {
    cwd: options.workingDir,
    env: Object.fromEntries(options.environment),
    uid: options.uid,
    gid: options.gid,
    stdio: ["ignore", fd, fd],
    detached: true,
  });
  const ended = new Promise<ExitStatus>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(exitStatus(code ?? 0, signal)));
  });
  return {
    pid: child.pid,
    kill: (signal) => {
      if (!child.kill(signal)) throw new TypeError("the process has ended");
    },
    ended,
    output: [],
  };
}

/** A module of Node.js, loaded at once and only now. */
export function nodeModule(name: string): unknown {
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): unknown } };
  return process.getBuiltinModule(name);
}

function exitStatus(code: number, signal: string | null): ExitStatus {
  return signal === null ? exitedWith(code) : killedBy(signalNumberOf(signal));
}
