/**
 * The running daemon: it connects the engine, the host, the control socket and the logs, and controls their start and
 * end. Daemon and init 3, 4 and 6.
 */

import { type Overview, ShutdownType, typed } from "../model/mod.ts";
import { inheritedEnvironment } from "../inherited/mod.ts";
import { MainEnvironment } from "../description/mod.ts";
import { EventRing, ServiceManager, type ServiceRecord } from "../engine/mod.ts";
import type { DaemonHost } from "../host/mod.ts";
import { ControlServer } from "../control/server/mod.ts";
import type { DaemonLog } from "../log/mod.ts";
import { Activity } from "./activity.ts";
import type { DaemonContext, DaemonEnd } from "./daemon_context.ts";
import type { DebuggerPort } from "./debugger_port.ts";
import { FactSource } from "./fact_source.ts";
import { engineOptions } from "./engine_options.ts";
import { Followers } from "./followers.ts";
import { InitialServices } from "./initial_services.ts";
import type { JournalKeeper } from "./journal_keeper.ts";
import type { OwnerDuties } from "./machine_owner.ts";
import { openMainLog } from "./opening_log.ts";
import type { DaemonOptions } from "./options.ts";
import { recordPermissions } from "./permission_recording.ts";
import { Readiness } from "./readiness.ts";
import { applyEnvironmentFile } from "./service_environment.ts";
import { settled } from "./settled.ts";
import { signalHandlers } from "./signal_meanings.ts";
import { SocketKeeper } from "./socket_keeper.ts";
import { DaemonState, newMemory } from "./surviving/daemon_state.ts";
import { type AnySuccession, NO_SUCCESSION } from "./surviving/no_succession.ts";
import type { SuccessionContext } from "./surviving/succession.ts";

/** How long the exit waits for log lines and replies that nobody reads, in milliseconds (daemon and init 5.5). */
const FLUSH_LIMIT = 5000;
/** How long to wait after a bug of ours at the exit before trying again, in milliseconds. */
const MISTAKE_PAUSE = 1000;
/** The longest timer of the runtime, in milliseconds. */
const LONG = 2 ** 31 - 1;

/** The daemon. */
export class Daemon {
  readonly #context: DaemonContext;
  readonly #options: DaemonOptions;
  readonly #log: DaemonLog;
  readonly #host: DaemonHost;
  readonly #environment = new MainEnvironment(inheritedEnvironment());
  readonly #state: DaemonState;
  readonly #manager: ServiceManager;
  readonly #server: ControlServer;
  readonly #socket: SocketKeeper;
  readonly #readiness: Readiness;
  readonly #journal: JournalKeeper;
  readonly #initial: InitialServices;
  readonly #duties: OwnerDuties | undefined;
  readonly #followers: Followers;
  readonly #activity = new Activity(() => this.#manager, () => this.#followers.after.isBusy);
  readonly #succession: AnySuccession;
  #debuggerPort: DebuggerPort | undefined;

  /** Throws `SavedStateError`, and has changed nothing then, if it cannot continue from the state. */
  constructor(context: DaemonContext) {
    const { options, log, ground, continuation } = context;
    const { surviving } = ground;
    this.#context = context;
    this.#options = options;
    this.#log = log;
    this.#host = ground.host;
    this.#journal = ground.journal;
    const note = (exitStatus: number) => this.#state.change({ exitStatus });
    const { exitOnFailure: status, services } = options;
    const exit = status === undefined ? undefined : { status, services, note, manager: () => this.#manager };
    const ring = new EventRing(continuation?.ring);
    this.#followers = new Followers({
      ...context,
      exit,
      ring,
      state: () => this.#state,
      manager: () => this.#manager,
      idle: () => this.#manager.activeCount === 0 && this.#checkInactive(),
      composeEnvironment: (overlay) => this.#environment.compose(overlay),
    });
    const recent = surviving === undefined ? ring : new surviving.RecentFacts(ground.store, ring);
    const engine = engineOptions(context, this.#environment, {
      manager: () => this.#manager,
      fact: (fact) => {
        log.fact(fact);
        this.#followers.fact(fact);
        recent.fact(fact);
      },
      inactive: () => this.#checkInactive(),
      started: (service) => void this.#started(service),
      clockSet: (wallOffset) => this.#state.change({ wallOffset }),
      broken: (error) => this.#succession.fault(error),
      look: () => this.#followers.look(),
    });
    this.#manager = continuation?.engine(engine) ?? new ServiceManager(engine);
    const memory = { ...newMemory(this.#manager.now(), context.signals), ...continuation?.memory };
    this.#state = new DaemonState(ground.store, memory);
    this.#readiness = new Readiness(this.#state.memory.announced ? undefined : options.readyFd, log);
    this.#server = new ControlServer(this.#manager, {
      overview: () => this.#overview(),
      events: new FactSource(ring, this.#state.memory.origin),
      sockets: this.#host.controlSockets,
      store: ground.store,
      upgrade: (request) => this.#succession.upgrade(request),
      rotate: ({ id }) => this.#followers.logs.rotate(id),
      health: this.#followers.health,
      record: ({ id }, begins) => recordPermissions(this.#manager, id, begins, ground.socketPath),
      schedules: this.#followers.schedules,
      log: (level, message) => log.message(level, message),
    });
    ground.carry({
      manager: this.#manager,
      followers: [this.#followers.health, this.#followers.watch],
      serveControl: (stream) => this.#server.serve(stream),
    });
    this.#socket = new SocketKeeper(this.#server, ground.socketPath, {
      ...options,
      lookAgain: () => this.#journal.check(), // whatever removed the socket may also have removed the journal
    }, log);
    const succession: SuccessionContext = {
      ...context,
      manager: this.#manager,
      state: this.#state,
      serverDescriptors: () => this.#server.descriptors(),
      restoreServer: (parts, refusal) => this.#server.restore(parts, { refusal }),
      pause: () => this.#server.pause(),
      flush: () => this.flush(),
      resume: () => this.#server.resume(),
    };
    this.#succession = surviving === undefined ? NO_SUCCESSION : new surviving.Succession(succession);
    this.#duties = this.#machineDuties();
    this.#initial = new InitialServices(options, this.#manager, context.stray, note);
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
    const { continuation, ground } = this.#context;
    if (!await this.#keepDebuggerClosed()) return this.#giveUp();
    if (!await this.#succession.inherit()) return this.#giveUp();
    if (continuation !== undefined) await this.#followers.restore(continuation.parts);
    if (!await this.#socket.open()) return this.#giveUp();
    this.#context.machine?.quietKernel();
    if (system && continuation === undefined) this.#log.record("info", "Starting system");
    if (logFile !== undefined && !await this.#openMainLog()) {
      if (!system) return false;
      // The owner of a machine tries again when a service has made the file system writable.
      if (!this.#options.manager) this.#context.mainLog.keepTrying();
    }
    if (logFile === undefined && this.#state.memory.logStarted) await this.#openMainLog();
    await this.#journal.follow(continuation?.journal);
    const { journal } = this.#journal;
    if (ground.nativeHost !== undefined && journal !== undefined) ground.state?.addPlace(journal);
    if (continuation === undefined) {
      applyEnvironmentFile(this.#environment, this.#options, this.#log, this.#host.files);
      await this.#warnOfForeignFile();
    }
    return true;
  }

  /** Starts the services, and returns when the daemon must exit. For the owner of a machine it never returns. */
  async run(): Promise<DaemonEnd> {
    this.#connectSignals();
    this.#succession.survive();
    // They come first: the host reports what has ended while the program was replaced.
    this.#followers.begin();
    if (this.#state.memory.begun) this.#initial.continue();
    this.#host.begin();
    const started = this.#begin();
    if (started) this.#announce();
    // Deno exits when its event loop is empty. This interval keeps it alive, but the runtime's timers take milliseconds
    // and more than a megabyte to load. The owner of a machine is needed after its host is closed.
    const needsTimer = this.#options.manager || !this.#host.keepsAlive;
    const alive = needsTimer ? setInterval(() => {}, LONG) : undefined;
    if (started) {
      this.#socket.watch();
      this.#succession.watchTime();
      await this.#activity.over();
      while (this.#duties !== undefined) await this.#goOn(this.#duties);
    }
    await this.#letGo();
    if (alive !== undefined) clearInterval(alive);
    const interrupted = this.#manager.shutdownType === ShutdownType.REBOOT && Deno.pid !== 1;
    return { status: this.#exitStatus(), interrupted };
  }

  /** Waits until log lines are written, up to a limit. */
  async flush(): Promise<void> {
    const { console, mainLog } = this.#context;
    await settled(this.#followers.failures.complete(), FLUSH_LIMIT);
    await Promise.all([console.flush(FLUSH_LIMIT), mainLog.flush(FLUSH_LIMIT)]);
  }

  /** Removes the control socket, if there is one. */
  close(): void {
    this.#socket.close();
  }

  // ---- Start -------------------------------------------------------------------------------------------------

  /** The daemon does not start: the next one finds what this one has found. */
  #giveUp(): boolean {
    this.#journal.release();
    return false;
  }

  /** Starts the first services, or continues. False: the daemon must not run. */
  #begin(): boolean {
    const { continuation, ground } = this.#context;
    const start = () => ground.store.step(() => this.#initial.start());
    const isNew = !this.#state.memory.begun;
    if (continuation === undefined) return this.#begun(start());
    this.#manager.resume();
    if (isNew) this.#begun(start());
    else if (this.#state.memory.exitStatus !== undefined) this.#followers.after.end();
    this.#succession.recover();
    this.#server.resume();
    this.#succession.unblock();
    return true;
  }

  #begun(started: boolean): boolean {
    this.#state.change({ begun: started });
    return started;
  }

  /** False: every user could become root. */
  async #keepDebuggerClosed(): Promise<boolean> {
    if (this.#context.byLibrary) return true;
    const { DebuggerPort, opensDebugger, REFUSAL } = await typed(import("./debugger_port.ts"));
    if (!opensDebugger()) return true;
    if (Deno.uid() === 0 && this.#options.system) {
      this.#log.message("error", REFUSAL);
      return false;
    }
    this.#debuggerPort = new DebuggerPort(this.#log);
    return true;
  }

  /** A daemon without an environment file does not load this. */
  async #warnOfForeignFile(): Promise<void> {
    const { environmentFile } = this.#options;
    if (environmentFile === undefined) return;
    const { warnOfForeignFile } = await typed(import("./foreign_files.ts"));
    warnOfForeignFile(environmentFile, this.#log);
  }

  #connectSignals(): void {
    const { signals, mainLog } = this.#context;
    signals.connect(signalHandlers({
      options: this.#options,
      manager: this.#manager,
      log: this.#log,
      duties: this.#duties,
      hangUpIgnored: this.#state.memory.hangUpIgnored,
      look: (byRuntime) => {
        if (byRuntime) void this.#debuggerPort?.signalled();
        void this.#socket.openAgain();
      },
      wokenUp: () => {
        this.#succession.alive();
        this.#socket.wokenUp();
      },
      reopenLog: () => mainLog.reopen(),
      end: () => this.#activity.kill(),
    }));
  }

  // ---- Meanwhile ---------------------------------------------------------------------------------------------

  /** A service has started that makes further steps possible (3.4). */
  async #started(service: ServiceRecord): Promise<void> {
    const { startsRwfs, startsLog } = service.description.flags;
    if (startsRwfs) {
      await this.#socket.openAgain();
      this.#announce();
    }
    if (startsLog && !this.#state.memory.logStarted) this.#state.change({ logStarted: true });
    if (startsLog || this.#options.logFile !== undefined) await this.#openMainLog();
    if (startsRwfs) {
      const { recordBoot } = await typed(import("./boot_record.ts"));
      await recordBoot(this.#state);
    }
  }

  #announce(): void {
    if (this.#readiness.announce(this.#server.path)) this.#state.change({ announced: true });
  }

  #openMainLog(): Promise<boolean> {
    return openMainLog(this.#context.mainLog, this.#options, this.#log);
  }

  #overview(): Overview {
    const { ground } = this.#context;
    const info = this.#state.info(this.#manager, ground.socketPath);
    return {
      daemon: { ...info, ...ground.nativeHost?.logKeeper, ...this.#followers.startsPlace },
      services: this.#followers.overview(),
    };
  }

  // ---- End ---------------------------------------------------------------------------------------------------

  #checkInactive(): void {
    this.#activity.inactive();
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
    await this.#activity.over();
  }

  async #letGo(): Promise<void> {
    this.close();
    this.#journal.remove();
    await this.#followers.close();
    await Promise.all([this.flush(), settled(this.#server.drained(), FLUSH_LIMIT)]);
    this.#server.disconnectAll();
    this.#host.close();
    this.#succession.end();
  }

  #exitStatus(): number {
    return this.#activity.killed ? 1 : this.#state.memory.exitStatus ?? this.#initial.exitStatus;
  }
}
