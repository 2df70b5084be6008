/**
 * The running daemon: it ties the engine, the host, the control socket and the logs together, and sees them from
 * start to end. Daemon and init 3, 4 and 6.
 */

import {
  errnoOf,
  errnoText,
  LoadError,
  missingGrantText,
  type Overview,
  ShutdownType,
} from "../model/mod.ts";
import { FileUsers, MainEnvironment, parseEnvironmentFile } from "../description/mod.ts";
import { ServiceManager } from "../engine/mod.ts";
import {
  createHost,
  type DaemonHost,
  HostUnavailableError,
  ProcessJournal,
  SystemClock,
} from "../host/mod.ts";
import { ControlServer, ControlSocketError } from "../control/mod.ts";
import { ConsoleLog, DaemonLog, type MainLog, openMainLog } from "../log/mod.ts";
import { PRODUCT_VERSION } from "./help.ts";
import { endLeftovers } from "./leftovers.ts";
import type { DaemonOptions } from "./options.ts";
import { type PathContext, serviceDirectories, socketPath } from "./paths.ts";
import { announceReadiness } from "./readiness.ts";

/** How long the end waits for log lines and replies that nobody takes, in milliseconds (daemon and init 5.5). */
const FLUSH_LIMIT = 5000;

/** A machine without its init would stop with a panic: better a word before anything is touched. */
const NO_MANAGER =
  "this version cannot be the init of a machine; as process 1 of a container, use --container (-o)";

/** How the daemon ended. */
export interface DaemonEnd {
  readonly status: number;
  /** The daemon is to end by SIGINT on itself: a reboot was asked for (daemon and init 6.2). */
  readonly interrupted: boolean;
}

/** Runs the daemon until no service is active any more. */
export async function runDaemon(options: DaemonOptions): Promise<DaemonEnd> {
  const console = new ConsoleLog(Deno.stdout);
  const failed = async (log: DaemonLog, message: string): Promise<DaemonEnd> => {
    log.message("error", message);
    await console.flush(FLUSH_LIMIT);
    return { status: 1, interrupted: false };
  };
  let mainLog: MainLog | undefined;
  try {
    if (options.logFile !== undefined) mainLog = await openMainLog(options.logFile, options.logLevel);
  } catch (error) {
    const log = new DaemonLog(console, options.console, undefined);
    return failed(log, `Opening log file failed: ${systemText(error)}`);
  }
  const log = new DaemonLog(console, options.console, mainLog);
  if (options.manager) return failed(log, NO_MANAGER);
  let daemon: Daemon;
  try {
    daemon = new Daemon(options, log, console);
    await daemon.open();
  } catch (error) {
    if (!(error instanceof ControlSocketError || error instanceof HostUnavailableError)) throw error;
    return failed(log, error.message);
  }
  const end = await daemon.run();
  await console.flush(FLUSH_LIMIT);
  await mainLog?.flush(FLUSH_LIMIT);
  return end;
}

class Daemon {
  readonly #options: DaemonOptions;
  readonly #log: DaemonLog;
  readonly #host: DaemonHost;
  readonly #manager: ServiceManager;
  readonly #server: ControlServer;
  readonly #socketPath: string;
  readonly #startedAt = performance.now();
  #journal: ProcessJournal | undefined;
  #inactive: (() => void) | undefined;

  /** Throws `HostUnavailableError` if the host that was asked for cannot be had. */
  constructor(options: DaemonOptions, log: DaemonLog, console: ConsoleLog) {
    this.#options = options;
    this.#log = log;
    this.#host = this.#createHost();
    const users = new FileUsers();
    const paths: PathContext = {
      env: (name) => Deno.env.get(name),
      passwdHome: () => users.userById(Deno.uid() ?? 0)?.home,
    };
    this.#socketPath = socketPath(options, paths);
    this.#manager = new ServiceManager({
      directories: serviceDirectories(options, paths),
      environment: this.#environment(),
      users,
      identity: { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 },
      clock: new SystemClock((id) => this.#manager.timerExpired(id)),
      host: this.#host,
      console: {
        requestConsole: () => console.yield(() => this.#manager.consoleYielded()),
        returnConsole: () => console.takeBack(),
        takeForeground: () => this.#host.takeForeground(),
      },
      log,
      inactive: () => this.#checkInactive(),
      startActions: (service) => {
        if (service.description.flags.startsRwfs) void this.#openSocketAgain();
      },
    });
    this.#server = new ControlServer(this.#manager, {
      overview: () => this.#overview(),
      log: (level, message) => log.message(level, message),
    });
  }

  #createHost(): DaemonHost {
    return createHost({
      execSucceeded: (id, role) => this.#manager.execSucceeded(id, role),
      execFailed: (id, role, stage, errno) => this.#manager.execFailed(id, role, stage, errno),
      exited: (id, role, exit) => this.#manager.exited(id, role, exit),
      ready: (id) => this.#manager.ready(id),
      readinessClosed: (id) => this.#manager.readinessClosed(id),
      allKilled: (id) => this.#manager.allKilled(id),
    }, {
      started: (pid, service) => this.#journal?.started(pid, service),
      ended: (pid) => this.#journal?.ended(pid),
    }, {
      kind: this.#options.host,
      serveControl: (stream) => this.#server.serve(stream),
      warn: (text) => this.#log.message("warn", text),
      cgroup: this.#options.cgroupPath,
    });
  }

  /** Opens the control socket, and clears up behind a daemon that was killed. Throws `ControlSocketError`. */
  async open(): Promise<void> {
    await this.#server.open(this.#socketPath);
    const journalPath = `${this.#socketPath}.processes`;
    await endLeftovers(journalPath, this.#log);
    this.#journal = new ProcessJournal(journalPath);
  }

  /** Starts the services and returns when none is active any more. */
  async run(): Promise<DaemonEnd> {
    const removeListeners = this.#listen();
    this.#host.begin();
    for (const name of this.#options.services) this.#startInitial(name);
    this.#announce();
    await new Promise<void>((resolve) => {
      this.#inactive = resolve;
      if (this.#manager.activeCount === 0) this.#checkInactive();
    });
    this.#server.close();
    this.#journal?.remove();
    await settled(this.#server.drained(), FLUSH_LIMIT);
    this.#server.disconnectAll();
    this.#host.close();
    removeListeners();
    return { status: 0, interrupted: this.#manager.shutdownType === ShutdownType.REBOOT };
  }

  #startInitial(name: string): void {
    try {
      this.#manager.start(this.#manager.load(name, "command-line"));
    } catch (error) {
      if (!(error instanceof LoadError)) this.#reportStray(error); // a LoadError has been logged
    }
  }

  /** Signals and stray errors. The listeners are there from before the first service to after the last. */
  #listen(): () => void {
    const halt = () => this.#manager.shutdown(ShutdownType.HALT);
    const signals: [Deno.Signal, () => void][] = [
      ["SIGINT", halt],
      ["SIGTERM", halt],
      ["SIGUSR1", () => void this.#openSocketAgain()],
      // A key at the terminal, or a look at it, must not stop the supervisor.
      ["SIGTSTP", () => {}],
      ["SIGTTIN", () => {}],
      ["SIGTTOU", () => {}],
    ];
    for (const [signal, handler] of signals) Deno.addSignalListener(signal, handler);
    const onError = (event: ErrorEvent) => {
      event.preventDefault();
      this.#reportStray(event.error);
    };
    const onRejection = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      this.#reportStray(event.reason);
    };
    globalThis.addEventListener("error", onError);
    globalThis.addEventListener("unhandledrejection", onRejection);
    return () => {
      for (const [signal, handler] of signals) Deno.removeSignalListener(signal, handler);
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    };
  }

  /** An error that nobody expected is logged, and the daemon goes on. */
  #reportStray(error: unknown): void {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    this.#log.message("error", `internal error: ${text.replaceAll("\n", " | ")}`);
  }

  async #openSocketAgain(): Promise<void> {
    try {
      await this.#server.reopen();
    } catch (error) {
      if (!(error instanceof ControlSocketError)) throw error;
      this.#log.message("error", error.message);
    }
  }

  #announce(): void {
    const { readyFd } = this.#options;
    if (readyFd === undefined || this.#server.path === undefined) return;
    try {
      announceReadiness(readyFd, this.#server.path);
    } catch (error) {
      this.#log.message("error", `Cannot report readiness: ${systemText(error)}`);
    }
  }

  /** Ends the daemon when no service is active, unless it was told to remain. */
  #checkInactive(): void {
    if (this.#manager.shutdownType !== ShutdownType.REMAIN) this.#inactive?.();
  }

  /** The environment of services: the daemon's own, changed by the environment file (daemon and init 3.5). */
  #environment(): MainEnvironment {
    const environment = new MainEnvironment(Deno.env.toObject());
    const { environmentFile } = this.#options;
    if (environmentFile === undefined) return environment;
    let bytes: Uint8Array;
    try {
      bytes = Deno.readFileSync(environmentFile);
    } catch (error) {
      this.#log.message("error", `Cannot read environment file '${environmentFile}': ${systemText(error)}`);
      return environment;
    }
    const parsed = parseEnvironmentFile(bytes);
    for (const { line, kind } of parsed.problems) {
      const what = kind === "setting" ? "Invalid environment variable setting" : "Unknown command";
      this.#log.message("error", `${what} in environment file (line ${line})`);
    }
    environment.applyFile(parsed);
    return environment;
  }

  #overview(): Overview {
    return {
      daemon: {
        version: PRODUCT_VERSION,
        pid: Deno.pid,
        uptime: performance.now() - this.#startedAt,
        socket: this.#socketPath,
        shuttingDown: this.#manager.shuttingDown,
      },
      services: this.#manager.overview(Date.now()),
    };
  }
}

/** Why a file could not be opened: the system's words, or the grant that is missing. */
function systemText(error: unknown): string {
  return error instanceof Deno.errors.NotCapable ? missingGrantText(error) : errnoText(errnoOf(error));
}

/** Waits for a promise, at most `limit` milliseconds. */
async function settled(promise: Promise<void>, limit: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => timer = setTimeout(resolve, limit))]);
  clearTimeout(timer);
}
