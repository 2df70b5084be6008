/**
 * The host that can do everything: `posix_spawn`, `waitpid` and `epoll` of the C library. It is the one reaper of the
 * daemon: it takes every child that ends from the system, and every orphan that the daemon adopts. `docs/hosts.md`
 * tells how it works.
 */

import {
  type BufferedOutput,
  type BufferReading,
  type ExitStatus,
  type LaunchFailure,
  LaunchStage,
  type ServiceDescription,
} from "../model/mod.ts";
import type { FileAccess } from "../description/mod.ts";
import type {
  LaunchPlan,
  LaunchRefusal,
  PidFileOutcome,
  ProcessHost,
  ProcessRole,
  ServiceRecord,
  SignalOutcome,
} from "../engine/mod.ts";
import { ActivationSockets } from "./resources/activation_sockets.ts";
import { type OwnCgroup, ownCgroup } from "./resources/cgroups.ts";
import { DescriptorStream } from "../system/mod.ts";
import { isExiting } from "./processes/exiting.ts";
import { ExecutionError, PreparationError } from "./launch/launch_errors.ts";
import { LaunchWatch } from "./launch/launch_watch.ts";
import {
  Accounts,
  BootTime,
  Files,
  type Library,
  Logins,
  Poller,
  Processes,
  Sockets,
  Spawner,
  SystemCallError,
  Terminal,
  WholeFiles,
} from "../system/mod.ts";
import { LogCollector } from "./output/log_collector.ts";
import { type LaunchContext, type Launched, launchNative } from "./launch/native_launch.ts";
import type { HostReports, NativeHostOptions } from "./native_options.ts";
import { nativeRequirements } from "./launch/native_requirements.ts";
import { NullDevice } from "./launch/null_device.ts";
import { OpenFileLimit } from "./launch/open_file_limit.ts";
import { OrphanEnds } from "./processes/orphan_ends.ts";
import { OutputPipes } from "./output/output_pipes.ts";
import { readPidFile } from "./processes/pid_file.ts";
import type { LaunchNumber, ProcessRecord } from "./processes/process_record.ts";
import { ProcessTable, type TrackedProcess } from "./processes/process_table.ts";
import { StartedWith } from "./launch/started_with.ts";
import { Tools } from "./launch/tools.ts";

/** Signals that the daemon ignores, and its processes with it (lifecycle 8.5, step 18): PIPE, TSTP, TTIN, TTOU. */
const IGNORED = [13, 20, 21, 22];
/** Signals that processes never have blocked because the daemon has: TERM and CHLD. */
const NEVER_BLOCKED = [15, 17];
const TERM = 15;
const KILL = 9;
const STDIN = 0;
const ESRCH = 3;
const EINVAL = 22;
const EVERYTHING = -1;
/** See `NativeHostOptions`, in milliseconds. */
const END_PATIENCE = 100;

/** Starts processes with `posix_spawn`. */
export class NativeHost implements ProcessHost {
  readonly kind = "native";
  readonly #reports: HostReports;
  readonly #record: ProcessRecord;
  readonly #options: NativeHostOptions;
  readonly users: Accounts;
  readonly files: FileAccess;
  readonly bootClock: BootTime;
  readonly #files: Files;
  readonly #openFiles: OpenFileLimit;
  readonly #poller: Poller;
  readonly #processes: Processes;
  readonly #terminal: Terminal;
  readonly #logins: Logins;
  readonly #tools: Tools;
  readonly #logs: LogCollector;
  readonly #pipes: OutputPipes;
  readonly #activation: ActivationSockets;
  readonly #context: LaunchContext;
  readonly #table = new ProcessTable();
  readonly #orphanEnds = new OrphanEnds();
  readonly #reap = () => this.#reapAll();
  readonly #ownIds = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };

  constructor(
    library: Library,
    reports: HostReports,
    record: ProcessRecord,
    options: NativeHostOptions = {},
  ) {
    this.#reports = reports;
    this.#record = record;
    this.#options = options;
    this.users = new Accounts(library);
    this.#files = new Files(library);
    this.files = new WholeFiles(library, this.#files);
    this.bootClock = new BootTime(library, this.#files);
    this.#openFiles = new OpenFileLimit(library, this.files);
    this.#poller = new Poller(library);
    this.#processes = new Processes(library);
    this.#terminal = new Terminal(library);
    this.#logins = new Logins(library, options.loginFile);
    this.#tools = new Tools(this.#files, options.toolFolders);
    this.#logs = new LogCollector(this.#files, this.#poller, (text) => options.warn?.(text));
    this.#pipes = new OutputPipes(this.#files);
    const sockets = new Sockets(library);
    this.#activation = new ActivationSockets(this.#files, sockets);
    this.#context = {
      files: this.#files,
      sockets,
      spawner: new Spawner(library, signalBits(IGNORED), this.#openFiles),
      terminal: this.#terminal,
      tools: this.#tools,
      logs: this.#logs,
      pipes: this.#pipes,
      activation: this.#activation,
      nothing: new NullDevice(this.#files),
      access: this.files,
      startedWith: new StartedWith(this.#files, this.files),
      ownIds: this.#ownIds,
      cgroup: options.cgroup === undefined ? this.#ownCgroup() : { path: options.cgroup },
      blocked: this.#processes.blockedSignals() & ~signalBits(NEVER_BLOCKED),
      niceness: () => this.#processes.niceness(),
    };
  }

  #ownCgroup(): OwnCgroup {
    const own = ownCgroup(this.#files);
    if ("problem" in own && own.problem !== undefined) this.#options.warn?.(own.problem);
    return own;
  }

  /**
   * Begins to reap, and to adopt orphans. From now on the daemon must not start processes by any other way: their
   * ends would be taken from it.
   */
  begin(): void {
    this.#processes.keepDescriptors();
    this.#openFiles.raise();
    for (const signal of IGNORED) this.#processes.ignore(signal);
    this.#processes.unblock(signalBits(NEVER_BLOCKED)); // without CHLD nothing would be reaped
    this.#processes.becomeSubreaper();
    Deno.addSignalListener("SIGCHLD", this.#reap);
    this.#reapAll();
  }

  /** Stops reaping and waiting; for a program that goes on without this host. */
  close(): void {
    Deno.removeSignalListener("SIGCHLD", this.#reap);
    this.#poller.close();
    this.#context.nothing.close();
    this.#openFiles.lower();
  }

  unsupported(description: ServiceDescription): { setting: string; message: string } | undefined {
    const { startsOnConsole, runsOnConsole, sharesConsole } = description.flags;
    const onConsole = startsOnConsole || runsOnConsole || sharesConsole;
    const takesTerminal = onConsole && this.#terminal.state(STDIN) === "free";
    return this.#tools.missing(nativeRequirements(description, takesTerminal));
  }

  // ---- Launching ---------------------------------------------------------------------------------------------

  launch(plan: LaunchPlan): { pid: number | undefined } | LaunchRefusal {
    if (plan.role === "main" && plan.output.to !== "pipe") this.#pipes.producerGone(plan.name, false);
    const launch = this.#record.launching(plan);
    let launched: Launched;
    try {
      launched = launchNative(plan, this.#context);
    } catch (error) {
      this.#record.failed(launch);
      if (error instanceof PreparationError) return error.refusal();
      if (!(error instanceof ExecutionError)) throw error;
      const { stage, errno } = error;
      queueMicrotask(() => this.#reports.execFailed(plan.id, plan.role, stage, errno));
      return { pid: undefined };
    }
    this.#enter(plan, launch, launched);
    return { pid: launched.pid };
  }

  #enter(plan: LaunchPlan, launch: LaunchNumber, { pid, chain, readiness, control }: Launched): void {
    const { id, role } = plan;
    const process: TrackedProcess = {
      id,
      role,
      pid,
      child: true,
      login: plan.inittab,
      watch: undefined,
      silent: false,
    };
    this.#table.add(process);
    this.#record.started(launch, pid);
    if (process.login !== undefined) this.#logins.started(process.login, pid, Date.now());
    if (control !== undefined) this.#serve(control);
    if (chain === undefined) queueMicrotask(() => this.#reports.execSucceeded(id, role));
    if (chain !== undefined || readiness !== undefined) this.#follow(process, chain, readiness);
  }

  #follow(process: TrackedProcess, chain: Launched["chain"], readiness: number | undefined): void {
    const watch = this.#watch(process);
    process.watch = watch;
    try {
      if (readiness !== undefined) watch.followReadiness(readiness);
      if (chain !== undefined) watch.followChain(chain.fd, chain.links);
    } catch (error) {
      // What is left open goes with the process, which cannot be supervised as it has to be.
      if (!(error instanceof SystemCallError)) throw error;
      const { errno } = error;
      queueMicrotask(() => this.#launchFailed(process, LaunchStage.ARRANGE_FDS, errno));
    }
  }

  /** The process is not to run as it is, or has not been able to run its command. */
  #launchFailed(process: TrackedProcess, stage: LaunchStage, errno: number): void {
    process.silent = true;
    this.#table.dismiss(process);
    this.#processes.kill(process.pid, KILL); // a tool may complain and go on all the same
    process.watch?.close();
    this.#reports.execFailed(process.id, process.role, stage, errno);
  }

  #watch(process: TrackedProcess): LaunchWatch {
    const { id, role, pid } = process;
    const events = {
      executed: () => this.#reports.execSucceeded(id, role),
      failed: ({ stage, errno }: LaunchFailure) => this.#launchFailed(process, stage, errno),
      ready: () => this.#reports.ready(id),
      readinessClosed: () => this.#reports.readinessClosed(id),
    };
    const { endPatience = END_PATIENCE } = this.#options;
    const isEnding = () => this.#processes.look(pid).kind === "ended" || isExiting(this.#files, pid);
    return new LaunchWatch(this.#files, this.#poller, events, { isEnding, endPatience });
  }

  #serve(control: number): void {
    const { serveControl } = this.#options;
    if (serveControl === undefined) this.#files.close(control);
    else serveControl(new DescriptorStream(control, this.#files, this.#poller));
  }

  // ---- Signals -----------------------------------------------------------------------------------------------

  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    const process = this.#table.inRole(id, role);
    if (process === undefined || process.pid <= 1) return "no-process";
    const target = group ? this.#groupOf(process.pid) : process.pid;
    const errno = this.#processes.kill(target, signal);
    if (errno === 0) return "sent";
    return errno === ESRCH ? "no-process" : errno === EINVAL ? "bad-signal" : { errno };
  }

  /** What to signal to reach the group of a process: never the daemon's own group. */
  #groupOf(pid: number): number {
    const group = this.#processes.groupOf(pid) ?? pid;
    return group <= 1 || group === this.#processes.ownGroup() ? pid : -group;
  }

  killAll(id: number): void {
    this.#processes.kill(EVERYTHING, TERM);
    setTimeout(() => {
      this.#processes.kill(EVERYTHING, KILL);
      this.#reports.allKilled(id);
    }, this.#options.killAllPause ?? 1000);
  }

  /** Makes the daemon's process group the foreground group of its terminal again. */
  takeForeground(): void {
    this.#terminal.setForeground(STDIN, this.#processes.ownGroup());
  }

  // ---- Ends --------------------------------------------------------------------------------------------------

  /** Takes every child that has ended from the system: signals do not say how many there are. */
  #reapAll(): void {
    for (let ended = this.#processes.reap(); ended !== undefined; ended = this.#processes.reap()) {
      const process = this.#table.child(ended.pid);
      if (process === undefined) {
        this.#orphanEnds.add(ended.pid, ended.exit);
        continue;
      }
      try {
        this.#ended(process, ended.exit);
      } catch (error) {
        reportError(error); // the others have to be reaped all the same
      }
    }
  }

  #ended(process: TrackedProcess, exit: ExitStatus): void {
    process.watch?.catchUp();
    process.watch?.close();
    this.#table.remove(process);
    this.#record.ended(process.pid);
    if (process.login !== undefined) this.#logins.ended(process.login, Date.now());
    if (!process.silent) this.#reports.exited(process.id, process.role, exit);
  }

  adoptFromPidFile(service: ServiceRecord): PidFileOutcome {
    const { pidFile } = service.description;
    const file = readPidFile(this.#files, pidFile, this.#ownIds);
    if ("step" in file) return { kind: "unreadable", ...file };
    const { pid } = file;
    const other = this.#table.child(pid);
    const isOthers = other !== undefined && other.id !== service.id;
    if (pid <= 1 || pid === Deno.pid || isOthers) return { kind: "invalid", pid };
    const state = this.#processes.look(pid);
    if (state.kind === "ended") {
      this.#processes.reapChild(pid);
      return { kind: "ended", pid, exit: state.exit };
    }
    const child = state.kind === "running";
    if (!child && this.#processes.kill(pid, 0) === ESRCH) {
      const exit = this.#orphanEnds.take(pid);
      return exit === undefined ? { kind: "invalid", pid } : { kind: "invalid", pid, exit };
    }
    if (!child && file.problem !== undefined) {
      const what =
        `${service.name}: process ${pid} is not a descendant of this daemon, and the pid file ${pidFile}`;
      this.#options.warn?.(`${what} that names it is not trusted: ${file.problem}`);
      return { kind: "invalid", pid };
    }
    const role = "main";
    const silent = false;
    this.#table.add({ id: service.id, role, pid, child, login: undefined, watch: undefined, silent });
    this.#record.adopted(pid, service.name);
    return { kind: "running", pid, child };
  }

  // ---- Services ----------------------------------------------------------------------------------------------

  openActivationSocket(service: ServiceRecord): LaunchRefusal | undefined {
    return this.#activation.open(service);
  }

  serviceInactive(service: ServiceRecord): void {
    this.#activation.close(service.id);
    this.#table.forget(service.id);
  }

  serviceUnloaded(service: ServiceRecord): void {
    const { consumerOf } = service.description;
    this.#logs.drop(service.id);
    this.#pipes.producerGone(service.name, service.consumer !== undefined);
    if (consumerOf !== "") this.#pipes.consumerGone(consumerOf);
  }

  bufferedLog(service: ServiceRecord, reading: BufferReading): BufferedOutput | undefined {
    if (service.description.logType !== "buffer") return undefined;
    return this.#logs.contents(service.id, reading);
  }
}

function signalBits(signals: readonly number[]): bigint {
  return signals.reduce((bits, signal) => bits | 1n << BigInt(signal - 1), 0n);
}
