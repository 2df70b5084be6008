/**
 * The running daemon: it connects the engine, the host, the control socket and the logs, and controls their start and
 * end. Daemon and init 3, 4 and 6.
 */

import { DINIT_VERSION, type Overview, PRODUCT_VERSION, ShutdownType, typed } from "../model/mod.ts";
import { environmentVariable, inheritedEnvironment } from "../inherited/mod.ts";
import { FolderSource, MainEnvironment } from "../description/mod.ts";
import { EventRing, ServiceManager, type ServiceRecord } from "../engine/mod.ts";
import { type DaemonHost, type HostMaker, SystemClock } from "../host/mod.ts";
import { ControlServer } from "../control/server/mod.ts";
import type { ConsoleLog, DaemonLog, MainLog } from "../log/mod.ts";
import { BootRecord } from "./boot_record.ts";
import type { DebuggerPort } from "./debugger_port.ts";
import { FactSource } from "./fact_source.ts";
import { Failures } from "./failures.ts";
import { hostForDaemon } from "./host_for_daemon.ts";
import { InitialServices } from "./initial_services.ts";
import { JournalKeeper } from "./journal_keeper.ts";
import { warnOfForeignFile } from "./foreign_files.ts";
import type { MachineOwner, OwnerDuties } from "./machine_owner.ts";
import { openMainLog } from "./opening_log.ts";
import type { DaemonOptions } from "./options.ts";
import { type PathContext, serviceDirectories, socketPath } from "./paths.ts";
import { Readiness } from "./readiness.ts";
import { applyEnvironmentFile } from "./service_environment.ts";
import { settled } from "./settled.ts";
import { signalHandlers } from "./signal_meanings.ts";
import type { Signals } from "./signals.ts";
import { SocketKeeper } from "./socket_keeper.ts";
import type { StrayErrors } from "./stray_errors.ts";

/** How long the exit waits for log lines and replies that nobody reads, in milliseconds (daemon and init 5.5). */
const FLUSH_LIMIT = 5000;
/** How long to wait after a bug of ours at the exit before trying again, in milliseconds. */
const MISTAKE_PAUSE = 1000;
/** The longest timer of the runtime, in milliseconds. */
const LONG = 2 ** 31 - 1;

/** How the daemon ended. */
export interface DaemonEnd {
  readonly status: number;
  /** The daemon must end itself by SIGINT, because a reboot was requested (daemon and init 6.2). */
  readonly interrupted: boolean;
}

/** What a daemon is given. */
export interface DaemonContext {
  readonly options: DaemonOptions;
  readonly log: DaemonLog;
  readonly console: ConsoleLog;
  readonly mainLog: MainLog;
  readonly makeHost: HostMaker;
  readonly signals: Signals;
  readonly stray: StrayErrors;
  /** The machine, if the daemon owns one. */
  readonly machine: MachineOwner | undefined;
}

/** The daemon. */
export class Daemon {
  readonly #context: DaemonContext;
  readonly #options: DaemonOptions;
  readonly #log: DaemonLog;
  readonly #host: DaemonHost;
  readonly #environment = new MainEnvironment(inheritedEnvironment());
  readonly #manager: ServiceManager;
  readonly #server: ControlServer;
  readonly #socket: SocketKeeper;
  readonly #socketPath: string;
  readonly #readiness: Readiness;
  readonly #journal: JournalKeeper;
  readonly #initial: InitialServices;
  readonly #bootRecord = new BootRecord();
  readonly #duties: OwnerDuties | undefined;
  readonly #failures: Failures;
  readonly #startedAt = performance.now();
  #debuggerPort: DebuggerPort | undefined;
  #inactive: (() => void) | undefined;
  /** The daemon no longer waits for services. */
  #killed = false;

  constructor(context: DaemonContext) {
    const { options, log, console } = context;
    this.#context = context;
    this.#options = options;
    this.#log = log;
    this.#readiness = new Readiness(options.readyFd, log);
    this.#host = this.#createHost();
    const { users, files } = this.#host;
    const paths: PathContext = {
      env: environmentVariable,
      passwdHome: () => users.userById(Deno.uid() ?? 0)?.home,
    };
    this.#socketPath = socketPath(options, paths);
    this.#journal = new JournalKeeper({
      socketPath: this.#socketPath,
      clock: this.#host.bootClock,
      log,
    });
    const ring = new EventRing();
    this.#manager = new ServiceManager({
      source: new FolderSource(serviceDirectories(options, paths), {
        environment: this.#environment,
        users,
        files,
        identity: { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 },
      }),
      environment: this.#environment,
      clock: new SystemClock((id, purpose) => this.#manager.timerExpired(id, purpose)),
      host: this.#host,
      console: {
        requestConsole: () => console.yield(() => this.#manager.consoleYielded()),
        returnConsole: () => console.takeBack(),
        takeForeground: () => this.#host.takeForeground(),
      },
      facts: {
        fact: (fact) => {
          log.fact(fact);
          this.#failures.fact(fact);
          ring.fact(fact);
        },
      },
      inactive: () => this.#checkInactive(),
      startActions: (service) => void this.#started(service),
    });
    this.#server = new ControlServer(this.#manager, {
      overview: () => this.#overview(),
      events: new FactSource(ring),
      log: (level, message) => log.message(level, message),
    });
    this.#socket = new SocketKeeper(this.#server, this.#socketPath, {
      ...options,
      lookAgain: () => this.#journal.check(), // whatever removed the socket may also have removed the journal
    }, log);
    this.#duties = this.#machineDuties();
    this.#initial = new InitialServices(options, this.#manager, context.stray);
    this.#failures = new Failures({ manager: this.#manager, host: this.#host, log, stray: context.stray });
  }

  #createHost(): DaemonHost {
    return hostForDaemon(this.#context.makeHost, this.#options, {
      manager: () => this.#manager,
      record: () => this.#journal.record,
      serveControl: (stream) => this.#server.serve(stream),
      warn: (text) => this.#log.message("warn", text),
    });
  }

  #machineDuties(): OwnerDuties | undefined {
    return this.#context.machine?.duties({
      manager: this.#manager,
      log: this.#log,
      autoRecovery: this.#options.autoRecovery,
      print: (text) => this.#context.console.print(text),
      flush: () => this.flush(),
      closeSocket: () => this.#socket.close(),
      openSocket: () => this.#socket.openAgain(),
      replied: () => settled(this.#server.drained(), FLUSH_LIMIT),
      releaseChildren: () => this.#host.close(),
    });
  }

  /** Everything before the first service (3.1, steps 10 to 16). False: it failed, and the failure was logged. */
  async open(): Promise<boolean> {
    const { system, logFile } = this.#options;
    if (!await this.#keepDebuggerClosed()) return false;
    if (!await this.#journal.take() && !system) return false;
    if (!await this.#socket.open()) {
      this.#journal.release();
      return false;
    }
    this.#context.machine?.quietKernel();
    if (system) this.#log.record("info", "Starting system");
    if (logFile !== undefined && !await this.#openMainLog()) {
      if (!system) return false;
      // The owner of a machine tries again when a service has made the file system writable.
      if (!this.#options.manager) this.#context.mainLog.keepTrying();
    }
    await this.#journal.follow();
    applyEnvironmentFile(this.#environment, this.#options, this.#log, this.#host.files);
    warnOfForeignFile(this.#options.environmentFile, this.#log);
    return true;
  }

  /** Starts the services, and returns when the daemon must exit. For the owner of a machine it never returns. */
  async run(): Promise<DaemonEnd> {
    this.#connectSignals();
    this.#host.begin();
    const started = this.#initial.start();
    if (started) this.#readiness.announce(this.#server.path);
    // Deno exits when its event loop is empty; this interval keeps it alive. It comes after the announcement because
    // the runtime needs some milliseconds for its first timer.
    const alive = setInterval(() => {}, LONG);
    if (started) {
      this.#socket.watch();
      await this.#allStopped();
      while (this.#duties !== undefined) await this.#goOn(this.#duties);
    }
    await this.#letGo();
    clearInterval(alive);
    const interrupted = this.#manager.shutdownType === ShutdownType.REBOOT && Deno.pid !== 1;
    return { status: this.#exitStatus(), interrupted };
  }

  /** Waits until log lines are written, up to a limit. */
  async flush(): Promise<void> {
    const { console, mainLog } = this.#context;
    await settled(this.#failures.complete(), FLUSH_LIMIT);
    await Promise.all([console.flush(FLUSH_LIMIT), mainLog.flush(FLUSH_LIMIT)]);
  }

  /** Removes the control socket, if there is one. */
  close(): void {
    this.#socket.close();
  }

  // ---- Start -------------------------------------------------------------------------------------------------

  /** False: every user could become root. */
  async #keepDebuggerClosed(): Promise<boolean> {
    if (this.#context.signals.useLibrary()) return true;
    const { DebuggerPort, opensDebugger, REFUSAL } = await typed(import("./debugger_port.ts"));
    if (!opensDebugger()) return true;
    if (Deno.uid() === 0 && this.#options.system) {
      this.#log.message("error", REFUSAL);
      return false;
    }
    this.#debuggerPort = new DebuggerPort(this.#log);
    return true;
  }

  #connectSignals(): void {
    const { signals, mainLog } = this.#context;
    signals.connect(signalHandlers({
      options: this.#options,
      manager: this.#manager,
      log: this.#log,
      duties: this.#duties,
      hangUpIgnored: signals.hangUpIgnored,
      look: (byRuntime) => {
        if (byRuntime) void this.#debuggerPort?.signalled();
        void this.#socket.openAgain();
      },
      wokenUp: () => this.#socket.wokenUp(),
      reopenLog: () => mainLog.reopen(),
      end: () => {
        this.#killed = true;
        this.#inactive?.();
      },
    }));
  }

  // ---- Meanwhile ---------------------------------------------------------------------------------------------

  /** A service has started that makes further steps possible (3.4). */
  async #started(service: ServiceRecord): Promise<void> {
    const { startsRwfs, startsLog } = service.description.flags;
    if (startsRwfs) {
      await this.#socket.openAgain();
      this.#readiness.announce(this.#server.path);
    }
    if (startsLog || this.#options.logFile !== undefined) await this.#openMainLog();
    if (startsRwfs) await this.#bootRecord.record();
  }

  #openMainLog(): Promise<boolean> {
    return openMainLog(this.#context.mainLog, this.#options, this.#log);
  }

  #overview(): Overview {
    return {
      daemon: {
        version: PRODUCT_VERSION,
        compatibleWith: DINIT_VERSION,
        pid: Deno.pid,
        uptime: performance.now() - this.#startedAt,
        socket: this.#socketPath,
        shuttingDown: this.#manager.shuttingDown,
      },
      services: this.#failures.overview(Date.now()),
    };
  }

  // ---- End ---------------------------------------------------------------------------------------------------

  /** Waits until no service is active any more, unless the daemon must remain. */
  async #allStopped(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#inactive = resolve);
    if (this.#killed) return;
    if (this.#manager.activeCount === 0) this.#checkInactive();
    await stopped;
    this.#inactive = undefined;
  }

  #checkInactive(): void {
    if (this.#manager.shutdownType !== ShutdownType.REMAIN) this.#inactive?.();
    if (this.#manager.shuttingDown) this.#duties?.shutdownOrdered();
  }

  /** No service is active, but the machine still needs its owner. */
  async #goOn(duties: OwnerDuties): Promise<void> {
    try {
      await duties.allStopped();
    } catch (error) {
      this.#context.stray.report(error);
      await new Promise((resolve) => setTimeout(resolve, MISTAKE_PAUSE));
    }
    await this.#allStopped();
  }

  async #letGo(): Promise<void> {
    this.close();
    this.#journal.remove();
    await Promise.all([this.flush(), settled(this.#server.drained(), FLUSH_LIMIT)]);
    this.#server.disconnectAll();
    this.#host.close();
  }

  #exitStatus(): number {
    return this.#killed ? 1 : this.#initial.exitStatus;
  }
}
