/**
 * The host that needs only the permission to run programs: `Deno.Command`. Each process gets its own session, so that
 * neither a key typed at the daemon's terminal nor the daemon's own exit reaches it.
 */

import {
  type BufferedOutput,
  type BufferReading,
  encodeBytes,
  Errno,
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
  LaunchRefusal,
  PidFileOutcome,
  ProcessHost,
  ProcessRole,
  ServiceRecord,
  SignalOutcome,
} from "../engine/mod.ts";
import { FileUsers } from "../description/mod.ts";
import { RuntimeBootClock } from "../system/mod.ts";
import { type ChildHandle, type ChildOptions, startChild } from "./launch/child.ts";
import { type LogFile, openLogFile } from "./output/log_file.ts";
import { unsupportedByCommandHost } from "./launch/command_limits.ts";
import { KeptBack } from "./launch/kept_back.ts";
import { LogBuffers } from "./output/log_buffers.ts";
import type { ProcessRecord } from "./processes/process_record.ts";
import { RefusedVariables } from "./launch/refused_variables.ts";

const { ENOENT, ESRCH, EACCES, ENOTDIR, EOPNOTSUPP } = Errno;

/**
 * How long to wait for the rest of a process's output before reporting its exit, in milliseconds. The pipe closes at
 * the exit, unless a child of the process still holds it open.
 */
const OUTPUT_PATIENCE = 250;

/** Callbacks for the events of processes. */
export type ProcessReports = Pick<EngineEvents, "execSucceeded" | "execFailed" | "exited" | "allKilled">;

/** Starts processes with `Deno.Command`. */
export class CommandHost implements ProcessHost {
  readonly kind = "command";
  readonly users = new FileUsers();
  readonly bootClock = new RuntimeBootClock();
  readonly now = () => performance.now();
  readonly #reports: ProcessReports;
  readonly #record: ProcessRecord;
  readonly #children = new Map<string, ChildHandle>();
  readonly #buffers = new LogBuffers();
  readonly #keptBack = new KeptBack();
  readonly #refused: RefusedVariables;
  /** When all output of the latest process of a service has been read, by the id of the service. */
  readonly #reading = new Map<number, Promise<unknown>>();
  /**
   * To signal a process group, the host needs permission to run any program; without it, it signals only the process.
   */
  #maySignalGroups = true;

  /** @param warn receives warnings for the log. @default ignored */
  constructor(reports: ProcessReports, record: ProcessRecord, warn?: (text: string) => void) {
    this.#reports = reports;
    this.#record = record;
    this.#refused = new RefusedVariables(warn);
  }

  /** The runtime does not stay alive for processes that may end. */
  readonly keepsAlive = false;

  begin(): void {
    this.#keptBack.begin();
  }

  close(): void {
    this.#keptBack.end();
  }

  unsupported(description: ServiceDescription): { setting: string; message: string } | undefined {
    return unsupportedByCommandHost(description);
  }

  launch(plan: LaunchPlan): { pid: number | undefined } | LaunchRefusal {
    let logFile: LogFile | undefined;
    try {
      if (plan.output.to === "file") logFile = openLogFile(plan.output, plan.workingDir);
    } catch (error) {
      return this.#failed(plan, error, LaunchStage.LOG_FILE);
    }
    const launch = this.#record.launching(plan, undefined);
    this.#record.commit();
    try {
      const options = childOptions(plan, this.#refused.passable(plan.environment), logFile);
      const child = this.#keptBack.launch((words) =>
        startChild({ ...options, argv: [...words, ...options.argv] })
      );
      this.#record.started(launch, child.pid);
      this.#watch(plan, child, this.#collect(plan, child));
      return { pid: child.pid };
    } catch (error) {
      this.#record.failed(launch);
      return this.#failed(plan, error);
    } finally {
      logFile?.close(); // the process has its own copy now
    }
  }

  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    const child = this.#children.get(key(id, role));
    if (child === undefined) return "no-process";
    try {
      if (!group || !this.#signalGroup(child.pid, signal)) child.kill(signal);
      return "sent";
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (/EINVAL|signal/i.test(error.message)) return "bad-signal";
      const errno = errnoOf(error);
      return errno === ESRCH || /terminated/.test(error.message) ? "no-process" : { errno };
    }
  }

  /** Signals the group of a process that leads its session; false if that is not permitted. */
  #signalGroup(pid: number, signal: number): boolean {
    if (!this.#maySignalGroups) return false;
    try {
      Deno.kill(-pid, signal as unknown as Deno.Signal); // the runtime also accepts numbers
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      this.#maySignalGroups = false;
      return false;
    }
  }

  openActivationSocket(): LaunchRefusal {
    const error = `error creating activation socket: ${errnoText(EOPNOTSUPP)}`;
    return { stage: LaunchStage.ACTIVATION_SOCKET, errno: EOPNOTSUPP, error };
  }

  serviceInactive(): void {}

  serviceUnloaded(service: ServiceRecord): void {
    this.#buffers.drop(service.id);
    this.#reading.delete(service.id);
  }

  outputRead(id: number): Promise<unknown> {
    return this.#reading.get(id) ?? Promise.resolve();
  }

  adoptFromPidFile(): PidFileOutcome {
    return { kind: "invalid", pid: -1 };
  }

  /** Processes of this host are never in the foreground. */
  takeForeground(): void {}

  killAll(id: number): void {
    queueMicrotask(() => this.#reports.allKilled(id));
  }

  bufferedLog(service: ServiceRecord, reading: BufferReading): BufferedOutput | undefined {
    if (service.description.logType !== "buffer") return undefined;
    return this.#buffers.contents(service.id, reading);
  }

  #failed(plan: LaunchPlan, error: unknown, stage?: LaunchStage): { pid: undefined } | LaunchRefusal {
    if (error instanceof Deno.errors.NotCapable) {
      const what = stage === LaunchStage.LOG_FILE ? "can't open log file" : "can't launch process";
      const grant = missingGrantText(error);
      return {
        stage: stage ?? LaunchStage.EXECUTE,
        errno: EACCES,
        error: grant,
        message: `${plan.name}: ${what}: ${grant}`,
      };
    }
    queueMicrotask(() => this.#reportFailure(plan, error, stage));
    return { pid: undefined };
  }

  #reportFailure(plan: LaunchPlan, error: unknown, stage?: LaunchStage): void {
    const errno = errnoOf(error);
    const [at, reason] = stage === undefined ? failureOf(errno, plan.workingDir) : [stage, errno];
    this.#reports.execFailed(plan.id, plan.role, at, reason);
  }

  /** `output`: settles when all output of the process has been read. */
  #watch(plan: LaunchPlan, child: ChildHandle, output: Promise<unknown>): void {
    const { id, role } = plan;
    const name = key(id, role);
    const { pid } = child;
    this.#children.set(name, child);
    queueMicrotask(() => this.#reports.execSucceeded(id, role));
    child.ended.then(async (exit: ExitStatus) => {
      this.#record.ended(pid);
      if (this.#children.get(name) === child) this.#children.delete(name);
      await within(output, OUTPUT_PATIENCE);
      this.#reports.exited(id, role, exit);
    });
  }

  /** Reads the output of a process into the buffer of its service. Settles when it has reached the end. */
  #collect(plan: LaunchPlan, child: ChildHandle): Promise<unknown> {
    if (plan.output.to !== "buffer") return Promise.resolve();
    this.#buffers.get(plan.id, plan.output.size).markRestart();
    const take = (chunk: Uint8Array<ArrayBuffer>) => this.#buffers.append(plan.id, chunk);
    const reading = Promise.all(child.output.map((stream) => readAll(stream, take)));
    this.#reading.set(plan.id, reading);
    return reading;
  }
}

function key(id: number, role: ProcessRole): string {
  return `${id} ${role}`;
}

function childOptions(
  plan: LaunchPlan,
  environment: ChildOptions["environment"],
  logFile: LogFile | undefined,
): ChildOptions {
  const { argv, workingDir, runAs } = plan;
  const input = plan.input === undefined ? undefined : encodeBytes(plan.input);
  const output = logFile ?? (plan.output.to === "buffer" ? "piped" : "null");
  return { argv, environment, workingDir, uid: runAs?.uid, gid: runAs?.gid, input, output };
}

/**
 * Where a launch failed, and why. "No such file" and "not a directory" may mean the program or the working directory;
 * the runtime does not say which, and may give one error for the other.
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

/** Reads to the end. Unreadable output is lost; the process continues. */
async function readAll(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (chunk: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  try {
    for await (const chunk of stream) take(chunk);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** Waits for a promise, at most this many milliseconds. */
async function within(awaited: Promise<unknown>, limit: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, limit));
  await Promise.race([awaited, late]);
  clearTimeout(timer);
}
