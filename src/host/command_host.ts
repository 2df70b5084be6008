/**
 * The host that needs nothing but leave to run programs: `Deno.Command`. Each process gets a session of its own,
 * so that a key typed at the daemon's terminal, or the daemon's own end, does not reach it.
 */

import {
  type BufferedOutput,
  type BufferReading,
  errnoOf,
  errnoText,
  type ExitStatus,
  LaunchStage,
  missingGrantText,
  type ServiceDescription,
} from "../model/mod.ts";
import type {
  EngineEvents,
  LaunchPlan,
  PidFileOutcome,
  ProcessHost,
  ProcessRole,
  Service,
  SignalOutcome,
} from "../engine/mod.ts";
import { FileUsers } from "../description/mod.ts";
import { type ChildHandle, type ChildOptions, startChild } from "./_child.ts";
import { type LogFile, openLogFile } from "./_log_file.ts";
import { unsupportedByCommandHost } from "./command_limits.ts";
import { LogBuffers } from "./log_buffers.ts";

const ENOENT = 2;
const ENOTDIR = 20;

/** What happens to processes is reported here. */
export type ProcessReports = Pick<EngineEvents, "execSucceeded" | "execFailed" | "exited" | "allKilled">;

/** Keeps account of which processes run, outside of the daemon. */
export interface ProcessRecord {
  started(pid: number, service: string): void;
  ended(pid: number): void;
}

/** Starts processes with `Deno.Command`. */
export class CommandHost implements ProcessHost {
  readonly kind = "command";
  readonly users = new FileUsers();
  readonly #reports: ProcessReports;
  readonly #record: ProcessRecord;
  readonly #children = new Map<string, ChildHandle>();
  readonly #buffers = new LogBuffers();
  /** When the output of the latest process of a service has been read, by the id of the service. */
  readonly #reading = new Map<number, Promise<unknown>>();
  /** Signals to process groups need leave to run any program; without it the process alone is signalled. */
  #maySignalGroups = true;

  constructor(reports: ProcessReports, record: ProcessRecord) {
    this.#reports = reports;
    this.#record = record;
  }

  /** There is nothing to begin with. */
  begin(): void {}

  /** There is nothing to end. */
  close(): void {}

  unsupported(description: ServiceDescription): { setting: string; message: string } | undefined {
    return unsupportedByCommandHost(description);
  }

  launch(plan: LaunchPlan): { pid: number | undefined } | { error: string } {
    let logFile: LogFile | undefined;
    try {
      if (plan.output.to === "file") logFile = openLogFile(plan.output, plan.workingDir);
    } catch (error) {
      return this.#failed(plan, error, LaunchStage.LOG_FILE);
    }
    try {
      const child = startChild(childOptions(plan, logFile));
      if (logFile?.fd !== undefined) logFile.close(); // the process has it now
      this.#collect(plan, child, logFile);
      this.#watch(plan, child);
      return { pid: child.pid };
    } catch (error) {
      logFile?.close();
      return this.#failed(plan, error);
    }
  }

  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    const child = this.#children.get(key(id, role));
    if (child?.pid === undefined) return "no-process";
    try {
      if (!group || !this.#signalGroup(child.pid, signal)) child.kill(signal);
      return "sent";
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (/EINVAL|signal/i.test(error.message)) return "bad-signal";
      return /terminated|has ended/.test(error.message) ? "no-process" : { errno: errnoOf(error) };
    }
  }

  /** Signals the group of a process that leads its session; false if that is not permitted. */
  #signalGroup(pid: number, signal: number): boolean {
    if (!this.#maySignalGroups) return false;
    try {
      Deno.kill(-pid, signal as unknown as Deno.Signal); // the runtime takes numbers as well
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      this.#maySignalGroups = false;
      return false;
    }
  }

  openActivationSocket(service: Service): string {
    return `${service.name}: error creating activation socket: ${errnoText(95)}`;
  }

  serviceInactive(): void {}

  serviceUnloaded(service: Service): void {
    this.#buffers.drop(service.id);
    this.#reading.delete(service.id);
  }

  outputRead(id: number): Promise<unknown> {
    return this.#reading.get(id) ?? Promise.resolve();
  }

  adoptFromPidFile(): PidFileOutcome {
    return { kind: "invalid", pid: -1 };
  }

  /** No process of this host ever is in the foreground. */
  takeForeground(): void {}

  killAll(id: number): void {
    queueMicrotask(() => this.#reports.allKilled(id));
  }

  bufferedLog(service: Service, reading: BufferReading): BufferedOutput | undefined {
    if (service.description.logType !== "buffer") return undefined;
    return this.#buffers.contents(service.id, reading);
  }

  #failed(plan: LaunchPlan, error: unknown, stage?: LaunchStage): { pid: undefined } | { error: string } {
    if (error instanceof Deno.errors.NotCapable) {
      const what = stage === LaunchStage.LOG_FILE ? "can't open log file" : "can't launch process";
      return { error: `${what}: ${missingGrantText(error)}` };
    }
    queueMicrotask(() => this.#reportFailure(plan, error, stage));
    return { pid: undefined };
  }

  #reportFailure(plan: LaunchPlan, error: unknown, stage?: LaunchStage): void {
    const errno = errnoOf(error);
    const [at, reason] = stage === undefined ? failureOf(errno, plan.workingDir) : [stage, errno];
    this.#reports.execFailed(plan.id, plan.role, at, reason);
  }

  #watch(plan: LaunchPlan, child: ChildHandle): void {
    const { id, role } = plan;
    const name = key(id, role);
    this.#children.set(name, child);
    const { pid } = child;
    if (pid !== undefined) {
      this.#record.started(pid, plan.name);
      queueMicrotask(() => this.#reports.execSucceeded(id, role));
    }
    const forget = () => {
      if (pid !== undefined) this.#record.ended(pid);
      if (this.#children.get(name) === child) this.#children.delete(name);
    };
    child.ended.then((exit: ExitStatus) => {
      forget();
      this.#reports.exited(id, role, exit);
    }, (error) => {
      forget();
      this.#reportFailure(plan, error);
    });
  }

  /** Reads what a process writes into the service's buffer, or into its log file where that cannot be handed over. */
  #collect(plan: LaunchPlan, child: ChildHandle, logFile: LogFile | undefined): void {
    if (plan.output.to === "buffer") {
      this.#buffers.get(plan.id, plan.output.size).markRestart();
      const ends = child.output.map((stream) =>
        readAll(stream, (chunk) => this.#buffers.append(plan.id, chunk))
      );
      this.#reading.set(plan.id, Promise.all(ends));
    } else if (logFile !== undefined && logFile.fd === undefined) {
      const ends = child.output.map((stream) => readAll(stream, (chunk) => logFile.write(chunk)));
      Promise.all(ends).finally(() => logFile.close());
    }
  }
}

function key(id: number, role: ProcessRole): string {
  return `${id} ${role}`;
}

function childOptions(plan: LaunchPlan, logFile: LogFile | undefined): ChildOptions {
  const { argv, environment, workingDir, runAs } = plan;
  const kept = logFile?.fd;
  const piped = plan.output.to === "buffer" || logFile !== undefined;
  return {
    argv,
    environment,
    workingDir,
    uid: runAs?.uid,
    gid: runAs?.gid,
    output: kept !== undefined ? { fd: kept } : piped ? "piped" : "null",
  };
}

/**
 * Where a launch failed, and why. "No such file" and "not a directory" may mean the program or the directory to run
 * it in; the runtime does not say which, and may say the one for the other.
 */
function failureOf(errno: number, workingDir: string): [stage: LaunchStage, errno: number] {
  const executing: [LaunchStage, number] = [LaunchStage.EXECUTE, errno];
  if (errno !== ENOENT && errno !== ENOTDIR) return executing;
  try {
    return Deno.statSync(workingDir).isDirectory ? executing : [LaunchStage.CHANGE_DIRECTORY, ENOTDIR];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error instanceof Deno.errors.NotCapable
      ? executing
      : [LaunchStage.CHANGE_DIRECTORY, errnoOf(error)];
  }
}

/** Reads to the end. Output that cannot be kept (a full disk) is lost, and the process that wrote it is none the wiser. */
async function readAll(stream: ReadableStream<Uint8Array>, take: (chunk: Uint8Array) => void): Promise<void> {
  for await (const chunk of stream) {
    try {
      take(chunk);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
}
